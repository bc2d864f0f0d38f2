"""Whole status documents, member by member and in their order: while a run is at work and after it has
failed, with a block, a loop, a retry and a stage that is skipped (pipelines.md 8.4 to 8.6)."""
import json
import os
import re
import unittest

from constructs_test import on_error, script, stage
from http_case import HttpCase
from stand import query, trigger, wait_for

ID = re.compile(r"[A-Za-z0-9_-]{22}")
RETRY_ONCE = {"spec": {"retryCount": 1, "retryIntervals": ["10s"],
                       "onRetryFailure": {"action": {"type": "MarkAsFailure"}}}}

STAGES = [
    stage("build", [script("gate", 'read -r word <"<+trigger.payload.gate>"')]),
    {"parallel": [
        stage("each", [script("host", "echo <+matrix.host>")],
              strategy={"matrix": {"host": ["n1", "n2"], "maxConcurrency": 2}}),
        stage("meet", [script("hello", "echo hello")]),
    ]},
    stage("deploy", [script("broken", "exit 3",
                            failureStrategies=on_error("Retry", **RETRY_ONCE))]),
    stage("after", [script("never", "true")]),
]
PIPELINE = json.dumps({"pipeline": {"name": "Pipe", "identifier": "pipe", "tags": {"team": "blue"},
                                    "allowStageExecutions": True, "stages": STAGES}})
BROKEN = "Shell Script execution failed. Please check execution logs."
NO_FAILURE = {"message": "", "failureTypeList": [], "responseMessages": []}
FAILURE = {"message": BROKEN, "failureTypeList": [], "responseMessages": []}


def condition(text, is_met=True):
    name = text[2:-1]
    return {"whenCondition": text, "evaluatedCondition": is_met,
            "expressions": [{"expression": name, "expressionValue": str(is_met).lower(), "count": 1}]}


class StatusDocument(HttpCase):
    documents = (PIPELINE, trigger())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = gate = cls.stand.root / "gate"
        os.mkfifo(gate)
        cls.event = cls.stand.fire(json.dumps({"gate": str(gate)}).encode()).event_id
        cls.running = wait_for(cls.at_work, "a step at work")
        cls.running_graph = cls.graph(cls.running, "build")
        gate.write_text("go\n")
        cls.ended = cls.stand.wait_for_end(cls.event)

    @classmethod
    def at_work(cls):
        answer = cls.stand.details(cls.event)
        details = answer.json.get("data") and answer.json["data"]["executionDetails"]
        summary = details and details["pipelineExecutionSummary"]
        return summary if summary and summary["runningStagesCount"] == 1 else None

    @classmethod
    def graph(cls, summary, identifier):
        setup_id = next(node["nodeUuid"] for node in summary["layoutNodeMap"].values()
                        if node["nodeIdentifier"] == identifier)
        answer = cls.stand.get(f"/pipeline/api/pipelines/execution/v2/{summary['planExecutionId']}?" +
                               query(stageNodeId=setup_id), {"X-Api-Key": cls.stand.admin_key()})
        return answer.json["data"]["executionGraph"]

    def plain(self, summary, value):
        """The document with names in the place of ids, and with the order of its members kept."""
        names = {}
        for node in summary["layoutNodeMap"].values():
            name = re.sub("^parallel.*", "block", node["nodeIdentifier"])
            if "strategyMetadata" not in node:
                names[node["nodeUuid"]] = name
            if "nodeExecutionId" in node:
                names[node["nodeExecutionId"]] = "run of " + name
        names[summary["planExecutionId"]] = "the run"

        def replace(item):
            if isinstance(item, dict):
                return {replace(key): replace(member) for key, member in item.items()}
            if isinstance(item, list):
                return [replace(member) for member in item]
            if isinstance(item, str):
                return ID.sub(lambda found: names.get(found[0], found[0]), item)
            return item
        return replace(value)

    def take_times(self, document, *names):
        """Takes times out of a document, and holds them against the order in which they are named."""
        times = [document.pop(name) for name in names]
        self.assertTrue(all(time > 1_600_000_000_000 for time in times), times)
        self.assertEqual(times, sorted(times), names)

    def layout(self, identifier, status, children=(), following=(), **more):
        """What a stage's entry holds besides its times."""
        kind = more.pop("kind", "Custom")
        group = "STRATEGY" if kind == "MATRIX" else "STAGE"
        module = {"maxConcurrency": {"value": 2}, "stepParameters": {
            "childNodeId": "template", "maxConcurrency": 2}} if kind == "MATRIX" else {}
        entry = {"nodeType": kind, "nodeGroup": group, "nodeIdentifier": identifier,
                 "name": more.pop("name", identifier), "nodeUuid": more.pop("setup", identifier),
                 "status": status, "module": "pms", "moduleInfo": module,
                 "edgeLayoutList": {"currentNodeChildren": list(children), "nextIds": list(following)}}
        if "run_info" in more:
            entry["nodeRunInfo"] = more.pop("run_info")
        failure = more.pop("failure", NO_FAILURE)
        entry |= {"barrierFound": False, "failureInfo": {"message": failure["message"]},
                  "failureInfoDTO": failure, "hidden": False}
        if more.pop("is_visited", True):
            entry["nodeExecutionId"] = "run of " + identifier
        entry |= more
        return entry | {"executionInputConfigured": False, "isRollbackStageNode": False}

    def head(self, summary):
        """The members of a summary before and behind what its stages tell."""
        started, created = summary["startTs"], summary["createdAt"]
        return {
            "pipelineIdentifier": "pipe", "orgIdentifier": "default", "projectIdentifier": "demo",
            "planExecutionId": "the run", "name": "Pipe", "yamlVersion": "0",
            "tags": [{"key": "team", "value": "blue"}],
            "executionTriggerInfo": {
                "triggerType": "WEBHOOK_CUSTOM",
                "triggeredBy": {
                    "uuid": "systemUser", "identifier": "trig",
                    "extraInfo": {"execution_trigger_tag_needed_for_abort": "demo:default:demo:pipe",
                                  "triggerRef": "demo/default/demo/trig",
                                  "eventCorrelationId": self.event},
                    "triggerIdentifier": "trig", "triggerName": "trig"},
                "isRerun": False},
            "governanceMetadata": {
                "id": "0", "deny": False, "details": [], "message": "", "timestamp": str(started),
                "status": "pass", "accountId": "demo", "orgId": "default", "projectId": "demo",
                "entity": "accountIdentifier%3Ademo%2ForgIdentifier%3Adefault%2F"
                          "projectIdentifier%3Ademo%2FpipelineIdentifier%3Apipe",
                "type": "pipeline", "action": "onrun", "created": str(created)},
            "moduleInfo": {}, "modules": ["pms"], "startingNodeId": "build", "canRetry": True,
            "showRetryHistory": False, "runSequence": 1, "totalStagesCount": 5, "storeType": "INLINE",
            "executionInputConfigured": False, "allowStageExecutions": True,
            "executionMode": "NORMAL", "notesExistForPlanExecutionId": False,
            "shouldUseSimplifiedKey": False, "stagesExecution": False}

    def test_members_keep_their_order(self):
        self.assertEqual(list(self.ended), [
            "pipelineIdentifier", "orgIdentifier", "projectIdentifier", "planExecutionId", "name",
            "yamlVersion", "status", "tags", "executionTriggerInfo", "executionErrorInfo",
            "governanceMetadata", "failureInfo", "moduleInfo", "layoutNodeMap", "modules",
            "startingNodeId", "startTs", "endTs", "createdAt", "canRetry", "showRetryHistory",
            "runSequence", "successfulStagesCount", "runningStagesCount", "failedStagesCount",
            "totalStagesCount", "storeType", "executionInputConfigured", "allowStageExecutions",
            "executionMode", "notesExistForPlanExecutionId", "shouldUseSimplifiedKey",
            "stagesExecution"])
        gone = {"executionErrorInfo", "failureInfo", "endTs"}
        self.assertEqual(list(self.running), [name for name in self.ended if name not in gone])

    def test_summary_of_a_run_at_work(self):
        summary = self.plain(self.running, self.running)
        head = self.head(self.running)
        self.take_times(summary, "startTs", "createdAt")
        layout = summary.pop("layoutNodeMap")
        self.assertEqual(summary, head | {
            "status": "Running", "successfulStagesCount": 0, "runningStagesCount": 1,
            "failedStagesCount": 0})
        self.take_times(layout["build"], "startTs")
        template = layout["each"]["edgeLayoutList"].pop("currentNodeChildren")
        self.assertEqual(len(template), 1)
        layout["each"]["edgeLayoutList"]["currentNodeChildren"] = []
        module = layout["each"]["moduleInfo"]
        self.assertEqual(module, {"maxConcurrency": {"value": 0}, "stepParameters": {
            "childNodeId": template[0], "maxConcurrency": 0}})  # Known when it begins.
        del layout["each"]["moduleInfo"]
        block = layout.pop("block")
        each = self.layout("each", "NotStarted", kind="MATRIX", is_visited=False)
        del each["moduleInfo"]
        self.assertEqual(layout, {
            "build": self.layout("build", "Running", following=["block"],
                                 run_info=condition("<+OnPipelineSuccess>")),
            "each": each,
            "meet": self.layout("meet", "NotStarted", is_visited=False),
            "deploy": self.layout("deploy", "NotStarted", following=["after"], is_visited=False),
            "after": self.layout("after", "NotStarted", is_visited=False)})
        self.assertEqual((block["nodeType"], block["nodeGroup"], block["status"], block["edgeLayoutList"]),
                         ("parallel", "STAGE", "NotStarted",
                          {"currentNodeChildren": ["each", "meet"], "nextIds": ["deploy"]}))

    def test_summary_of_a_run_that_failed(self):
        summary = self.plain(self.ended, self.ended)
        head = self.head(self.ended)
        self.take_times(summary, "startTs", "createdAt", "endTs")
        layout = summary.pop("layoutNodeMap")
        self.assertEqual(summary, head | {
            "status": "Failed", "successfulStagesCount": 3, "runningStagesCount": 0,
            "failedStagesCount": 1, "executionErrorInfo": {"message": BROKEN},
            "failureInfo": FAILURE})
        self.assertEqual(sorted(layout), ["after", "block", "build", "deploy", "each", "meet",
                                          "run of each_0", "run of each_1"])
        for entry in layout.values():
            self.take_times(entry, "startTs", "endTs")
        met = condition("<+OnPipelineSuccess>")
        self.assertEqual(layout["build"], self.layout("build", "Success", following=["block"],
                                                      run_info=met))
        iteration = layout["run of each_1"]
        template = iteration.pop("nodeUuid")
        self.assertEqual(layout["each"]["moduleInfo"]["stepParameters"].pop("childNodeId"), template)
        layout["each"]["moduleInfo"]["stepParameters"] = {"childNodeId": "template",
                                                          "maxConcurrency": 2}
        self.assertEqual(layout["each"], self.layout(
            "each", "Success", ["run of each_0", "run of each_1"], kind="MATRIX"))
        self.assertEqual(template, layout["run of each_0"]["nodeUuid"])
        expected = self.layout("each_1", "Success", run_info=iteration["nodeRunInfo"], strategyMetadata={
            "currentIteration": 1, "totalIterations": 2,
            "matrixMetadata": {"matrixCombination": [1], "matrixValues": {"host": "n2"}, "subType": "",
                               "nodeName": "", "matrixKeysToSkipInName": []},
            "identifierPostFix": "_1"})
        del expected["nodeUuid"]
        self.assertEqual(iteration, expected)
        self.assertEqual(layout["deploy"], self.layout("deploy", "Failed", following=["after"],
                                                       run_info=met, failure=FAILURE))
        self.assertEqual(layout["after"], self.layout(
            "after", "Skipped", run_info=condition("<+OnPipelineSuccess>", False)))

    def node(self, graph, identifier):
        return next(node for node in graph["nodeMap"].values() if node["identifier"] == identifier)

    def test_step_at_work(self):
        node = dict(self.node(self.running_graph, "gate"))
        run = self.running
        key = ("accountId:demo/orgId:default/projectId:demo/pipelineId:pipe/runSequence:1/level0:pipeline"
               "/level1:stages/level2:build/level3:spec/level4:execution/level5:steps/level6:gate")
        progress = [{"unitName": "Execute", "status": "RUNNING", "startTime": str(node["startTs"]),
                     "endTime": "0"}]
        self.assertEqual(list(node), [
            "uuid", "setupId", "name", "identifier", "baseFqn", "outcomes", "stepParameters", "startTs",
            "endTs", "stepType", "status", "failureInfo", "skipInfo", "nodeRunInfo",
            "executableResponses", "unitProgresses", "progressData", "delegateInfoList",
            "interruptHistories", "stepDetails", "strategyMetadata", "retryNodeMetadata",
            "executionInputConfigured", "logBaseKey"])
        self.take_times(node, "startTs")
        uuid, setup = node.pop("uuid"), node.pop("setupId")
        parameters = node.pop("stepParameters")
        self.assertEqual(json.dumps(parameters), json.dumps({
            "uuid": setup, "identifier": "gate", "name": "gate", "timeout": "1m",
            "type": "ShellScript", "spec": {"shell": "Bash", "source": {
                "type": "Inline", "spec": {"script": f'read -r word <"{self.gate}"'}},
                "outputVariables": []}}))
        section = self.node(self.running_graph, "execution")
        self.assertEqual(self.node(self.running_graph, "build")["stepParameters"], {
            "uuid": self.node(self.running_graph, "build")["setupId"], "identifier": "build",
            "name": "build", "timeout": "5w", "type": "Custom", "variables": {}, "tags": {},
            "specConfig": {"childNodeID": section["setupId"]}})
        self.assertEqual(section["stepParameters"], {
            "childNodeId": setup, "logMessage": "Execution Element"})
        self.assertEqual(node, {
            "name": "gate", "identifier": "gate",
            "baseFqn": "pipeline.stages.build.spec.execution.steps.gate", "outcomes": {}, "endTs": None,
            "stepType": "ShellScript", "status": "Running", "failureInfo": NO_FAILURE, "skipInfo": None,
            "nodeRunInfo": condition("<+OnStageSuccess>"),
            "executableResponses": [{"task": {
                "taskId": uuid, "taskCategory": "UNKNOWN_CATEGORY",
                "logKeys": [key + "-commandUnit:Execute"], "units": ["Execute"],
                "taskName": "ShellScript"}}],
            "unitProgresses": progress, "progressData": {"unitProgresses": progress},
            "delegateInfoList": [], "interruptHistories": [], "stepDetails": None,
            "strategyMetadata": None, "retryNodeMetadata": None, "executionInputConfigured": False,
            "logBaseKey": key})
        self.assertEqual(self.running_graph["executionMetadata"], {
            "accountId": "demo", "orgIdentifier": "default", "projectIdentifier": "demo",
            "pipelineIdentifier": "pipe", "planExecutionId": run["planExecutionId"]})
        self.assertEqual(self.running_graph["representationStrategy"], "camelCase")

    def test_step_that_failed_twice_is_shown_once(self):
        graph = self.graph(self.ended, "deploy")
        broken = [node for node in graph["nodeMap"].values() if node["identifier"] == "broken"]
        self.assertEqual(len(broken), 1)
        self.assertEqual((broken[0]["status"], broken[0]["failureInfo"]), ("Failed", FAILURE))
        self.assertTrue(broken[0]["logBaseKey"].endswith("/level6:broken_1"), broken[0]["logBaseKey"])
        self.assertEqual(broken[0]["unitProgresses"][0]["status"], "FAILURE")
        self.assertEqual([mark["interruptType"] for mark in broken[0]["interruptHistories"]], ["RETRY"])
        self.assertIn("retryId", broken[0]["interruptHistories"][0]["interruptConfig"][
            "retryInterruptConfig"])
        self.assertLessEqual(broken[0]["startTs"], broken[0]["endTs"])

    def test_graph_leads_from_the_stage_to_its_steps(self):
        graph = self.graph(self.ended, "build")
        names = {uuid: node["identifier"] for uuid, node in graph["nodeMap"].items()}
        links = {names[uuid]: ([names[child] for child in link["children"]],
                               [names[following] for following in link["nextIds"]])
                 for uuid, link in graph["nodeAdjacencyListMap"].items()}
        self.assertEqual(names[graph["rootNodeId"]], "build")
        self.assertEqual(links, {"build": (["execution"], []), "execution": (["gate"], []),
                                 "gate": ([], [])})


if __name__ == "__main__":
    unittest.main()
