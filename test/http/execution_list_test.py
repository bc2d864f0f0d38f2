"""Lists of executions through nginx: pages, filters, and what is refused."""
import json
import unittest

from http_case import HttpCase
from stand import pipeline, query, trigger

PAGING = ("Invalid request: Please Verify Executions list parameters for page and size, page should be "
          ">= 0 and size should be > 0 and <=1000")
SUMMARY = "/gateway/pipeline/api/pipelines/execution/summary?"


class ExecutionList(HttpCase):
    documents = (pipeline(), pipeline("exit 1", "broken"), trigger(),
                 trigger("breaks", "broken"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ended = []
        for name, target in (("trig", "pipe"), ("breaks", "broken"), ("trig", "pipe")):
            cls.stand.token(name, target)
            event = cls.stand.fire(trigger_id=name, pipelineIdentifier=target).event_id
            cls.ended.append(cls.stand.wait_for_end(event)["planExecutionId"])

    def ask(self, body=None, **parameters):
        text = query(pipelineIdentifier=None, triggerIdentifier=None, **parameters)
        return self.stand.request("POST", SUMMARY + text, json.dumps(body) if body else None,
                                  {"X-Api-Key": self.stand.admin_key()})

    def ids(self, body=None, **parameters):
        answer = self.ask(body, **parameters)
        self.assertEqual(answer.status, 200, answer)
        return [run["planExecutionId"] for run in answer.json["data"]["content"]]

    def test_bad_pages_are_refused(self):
        for bad in ({"page": -1}, {"size": 0}, {"size": 1001}, {"size": "ten"}):
            self.assertError(self.ask(**bad), 400, "INVALID_REQUEST", PAGING)

    def test_what_nobody_can_ask_for_is_refused(self):
        unknown = self.ask(status="Done")
        self.assertErrorEnvelope(unknown, 400)
        self.assertIn("Invalid value:Done, the expected values are: [", unknown.json["message"])
        self.assertErrorEnvelope(self.ask(sort="name,ASC"), 400)
        self.assertErrorEnvelope(self.ask({"status": ["Done"]}), 400)
        answer = self.stand.request("POST", SUMMARY + query(), "[1",
                                    {"X-Api-Key": self.stand.admin_key()})
        self.assertErrorEnvelope(answer, 400)

    def test_a_key_of_elsewhere_sees_nothing(self):
        key = self.stand.make_key("stranger", "viewer", "--org", "default", "--project", "other")
        answer = self.stand.request("POST", SUMMARY + query(), None, {"X-Api-Key": key})
        self.assertEqual(answer.status, 403)

    def test_pages_are_whole(self):
        page = self.ask(page=1, size=2).json["data"]
        self.assertEqual([run["planExecutionId"] for run in page["content"]], [self.ended[0]])
        del page["content"]
        sort = {"sorted": True, "unsorted": False, "empty": False}
        self.assertEqual(page, {
            "pageable": {"sort": sort, "offset": 2, "pageNumber": 1, "pageSize": 2, "paged": True,
                         "unpaged": False},
            "totalPages": 2, "totalElements": 3, "last": True, "size": 2, "number": 1, "sort": sort,
            "numberOfElements": 1, "first": False, "empty": False})

    def test_filters_choose(self):
        first, broken, last = self.ended
        self.assertEqual(self.ids(), [last, broken, first])
        self.assertEqual(self.ids(sort="startTs,ASC"), [first, broken, last])
        self.assertEqual(self.ids(status="Failed"), [broken])
        self.assertEqual(self.ids({"status": ["Success"]}), [last, first])
        self.assertEqual(self.ids({"triggerIdentifiers": ["breaks"]}), [broken])
        self.assertEqual(self.ids({"triggerTypes": ["MANUAL"]}), [])
        self.assertEqual(self.ids({"triggerTypes": ["SCHEDULER_CRON"]}), [])
        self.assertEqual(self.ids({"pipelineName": "BROK"}), [broken])
        self.assertEqual(self.ids(searchTerm="brok"), [broken])
        self.assertEqual(self.ids({"executionModeFilter": "ROLLBACK"}), [])
        self.assertEqual(self.ids(myDeployments="true"), [])

    def test_several_statuses_hold_any(self):
        answer = self.stand.get("/pipeline/api/tripgate/executions?accountIdentifier=demo"
                                "&status=Failed&status=Success",
                                {"X-Api-Key": self.stand.admin_key()})
        self.assertEqual(answer.json["data"]["totalElements"], 3)

    def test_command_line_filters_too(self):
        out = self.stand.cli("execution", "list", "-s", "Failed").stdout
        self.assertIn(self.ended[1], out)
        self.assertNotIn(self.ended[0], out)
        out = self.stand.cli("execution", "list", "-p", "pipe", "-s", "Failed", "-s", "Success").stdout
        self.assertIn(self.ended[0], out)
        self.assertNotIn(self.ended[1], out)
        refused = self.stand.cli("execution", "list", "-s", "Done", check=False)
        self.assertEqual(refused.returncode, 1)


if __name__ == "__main__":
    unittest.main()
