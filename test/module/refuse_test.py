"""Every refusal: its status, its envelope, and that the engine never hears of it."""

import json
import re
import unittest

from stand import GOOD_KEY, KEY_ID, SECRET, STORE, Stand, address

ERROR = ('{"status":"ERROR","code":"%s","message":"%s","correlationId":"c","detailedMessage":null,'
         '"responseMessages":[{"code":"%s","level":"ERROR","message":"%s","exception":null,'
         '"failureTypes":[]}],"metadata":null}')
IDS = "accountIdentifier=acc&orgIdentifier=org&projectIdentifier=proj"
V2 = "/gateway/pipeline/api/webhook/custom/v2?"


def error(code, message):
    return ERROR % (code, message, code, message)


class Refuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stand = Stand()

    @classmethod
    def tearDownClass(cls):
        events = cls.stand.engine.events
        cls.stand.close()
        assert not events, "a refused call reached the engine"

    def check(self, path, status, body, key=None, method="POST"):
        headers = {"X-requestId": "c"}
        if key is not None:
            headers["X-Api-Key"] = key
        self.assertEqual(self.stand.request(method, path, b"{}", headers)[:2], (status, body))

    def test_bad_keys_get_one_answer(self):
        other = "qybothN6MJv6XETxKQjE"
        for key in ("", " ", "x", f"pat.acc.{KEY_ID}.{other}", f"sat.acc.{KEY_ID}.{SECRET}",
                    f"pat.other.{KEY_ID}.{SECRET}", f"pat.acc.{'0' * 24}.{SECRET}",
                    GOOD_KEY + ".", GOOD_KEY + "..", f"pat.other.{KEY_ID[:-1]}c.{SECRET}",
                    f"pat.acc.{KEY_ID[:-1]}d.{SECRET}", f"pat.acc.{KEY_ID}", "pat." * 60):
            self.check(address(), 401, error("INVALID_TOKEN", "Token is not valid."), key)

    def test_two_key_lines_are_no_key(self):
        answer = self.stand.raw(
            f"POST {address()} HTTP/1.1\r\nHost: h\r\nX-Api-Key: {GOOD_KEY}\r\n"
            f"x-api-key: {GOOD_KEY}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.assertTrue(answer.startswith(b"HTTP/1.1 401 "))

    def test_key_is_judged_before_parameters(self):
        for query in ("orgIdentifier=org", "accountIdentifier=other"):
            self.check(address(query=query), 401, error("INVALID_TOKEN", "Token is not valid."),
                       GOOD_KEY)

    def test_missing_parameters_are_named(self):
        for query in ("orgIdentifier=&accountIdentifier=acc", "accountIdentifier=acc"):
            self.check(
                address(query=query), 400,
                '{"status":"FAILURE","code":"INVALID_REQUEST","message":"orgIdentifier: must not be'
                ' null, projectIdentifier: must not be null","correlationId":"c","errors":'
                '[{"fieldId":"orgIdentifier","error":"must not be null"},'
                '{"fieldId":"projectIdentifier","error":"must not be null"}]}')

    def test_missing_key_where_it_is_mandatory(self):
        query = "accountIdentifier=acc&orgIdentifier=org&projectIdentifier=strict"
        message = "Invalid request: Authorization is mandatory for custom triggers in " \
                  "acc:org:strict. Please add X-Api-Key header in the request"
        self.check(address("nosuch", query), 400, error("INVALID_REQUEST", message))

    def test_key_without_permission(self):
        key = f"sat.acc.{KEY_ID[:-1]}b.{SECRET}"
        rest = '","correlationId":null,"detailedMessage":null,"responseMessages":null,' \
               '"metadata":null,"failedPermissionChecks":[{"resourceScope":{"accountIdentifier":' \
               '"acc","orgIdentifier":"org","projectIdentifier":"proj"},"resourceType":"PIPELINE",' \
               '"resourceAttributes":null,"resourceIdentifier":%s,' \
               '"permission":"core_pipeline_execute"}]}'
        start = '{"status":"ERROR","code":"NG_ACCESS_DENIED","message":"Principal of type ' \
                'SERVICE_ACCOUNT with identifier robot : Missing permission ' \
                'core_pipeline_execute on pipeline'
        self.check(address(query=IDS), 403, start + rest % "null", key)
        self.check(address(query=IDS + "&pipelineIdentifier=pipe"), 403,
                   start + " with identifier pipe" + rest % '"pipe"', key)

    def test_tokens_that_are_unknown_disabled_or_of_another_trigger(self):
        unknown = "Invalid request: No custom trigger found for the used custom webhook token: "
        disabled = "Invalid request: No enabled custom trigger found for the used custom webhook " \
                   "token: "
        token = "goodtoken0000000000000"
        for path, message in (
                (address("nosuch"), unknown + "nosuch"),
                (address("x" * 300), unknown + "x" * 256),
                (address("a%22%5C%0A%FFz"), unknown + 'a\\"\\\\\\n\ufffdz'),
                (address("darktoken0000000000000"), disabled + "darktoken0000000000000"),
                (address(query=IDS + "&triggerIdentifier=other"), unknown + token),
                (address(query=IDS + "&pipelineIdentifier="), unknown + token),
                (address(query=IDS.replace("=proj", "=proj2")), unknown + token),
                (address(query=IDS.replace("=acc", "=acc2")), unknown + token)):
            self.check(path, 400, error("INVALID_REQUEST", message))

    def test_ids_that_select_nothing(self):
        message = "Invalid request: No enabled custom trigger found for Account:acc, Org: org, " \
                  "Project: proj"
        for rest, tail in (("&pipelineIdentifier=no", ", Pipeline: no"),
                           ("&triggerIdentifier=dark", ", Trigger: dark"),
                           ("&pipelineIdentifier=pipe&triggerIdentifier=no",
                            ", Pipeline: pipe, Trigger: no"),
                           ("&pipelineIdentifier=+", ""),
                           ("&pipelineIdentifier=p%20q", ", Pipeline: p q")):
            self.check(V2 + IDS + rest, 400, error("INVALID_REQUEST", message + tail))

    def test_tokenless_address_of_a_trigger_that_owns_a_token(self):
        message = "Invalid request: This webhook url is no longer supported for newly created " \
                  "custom webhook triggers. We are migrating to new webhook urls using custom " \
                  "webhook tokens in the url."
        for rest in ("", "&pipelineIdentifier=pipe", "&triggerIdentifier=trig"):
            self.check(V2 + IDS + rest, 400, error("INVALID_REQUEST", message))

    def test_wrong_method_and_unknown_path(self):
        failure = '{"status":"FAILURE","code":"RESOURCE_NOT_FOUND_EXCEPTION","message":"%s",' \
                  '"correlationId":"c","errors":null}'
        for method in ("GET", "PUT", "DELETE"):
            self.check(address(), 405, failure % "HTTP 405 Method Not Allowed", method=method)
        for path in ("/pipeline/api/webhook/customs", "/pipeline/api/webhook/custom/a/b/v3",
                     "/gateway/pipeline/api/webhook/custom/x"):
            self.check(path, 400, failure % "HTTP 404 Not Found")

    def test_correlation_id_of_a_caller_must_be_plain(self):
        for given in ("a" * 129, 'a"b', "\xe9"):
            answer = json.loads(self.stand.post(address("no"), headers={"X-requestId": given})[1])
            self.assertTrue(re.fullmatch("[0-9a-f-]{36}", answer["correlationId"]))


class StoreTrouble(unittest.TestCase):
    def test_missing_store_is_503_until_it_comes(self):
        stand = Stand(store=None)
        try:
            for _ in range(3):
                status, body, headers = stand.post(address())
                self.assertEqual((status, headers["Retry-After"]), (503, "1"))
                self.assertEqual(json.loads(body)["code"], "SERVICE_UNAVAILABLE")
            self.assertEqual(stand.log().count("cannot be opened"), 1)
            stand.write_store(STORE)
            stand.wait_until(lambda: stand.post(address())[0] == 200)
        finally:
            stand.close()

    def test_other_schema_is_503(self):
        stand = Stand(store=STORE + "schema 2\n", engine=False)
        try:
            self.assertEqual(stand.post(address())[0], 503)
            self.assertIn("has a schema that this module does not read", stand.log())
        finally:
            stand.close()

    def test_changes_act_without_reload(self):
        stand = Stand()
        try:
            self.assertEqual(stand.post(address())[0], 200)
            stand.write_store("trigger 7 off goodtoken0000000000000 acc org proj pipe trig")
            self.assertEqual(stand.post(address())[0], 400)
            stand.write_store("scope on acc org proj")
            self.assertIn("mandatory", stand.post(address())[1])
        finally:
            stand.close()


if __name__ == "__main__":
    unittest.main()
