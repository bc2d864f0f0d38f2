// The description of the HTTP interface, written by hand; a test holds it against the routes table.
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

constexpr const char* kDescription = R"json({
"openapi": "3.0.3",
"info": {
  "title": "Tripgate",
  "version": "1",
  "description": "Custom webhook triggers and what became of their events. Answers wear one of three envelopes, told apart by status: SUCCESS, ERROR and FAILURE. Whatever the call, 503 with Retry-After means that nothing was done, and 504 that nobody knows yet: look before it is repeated."
},
"servers": [{"url": "/gateway"}, {"url": "/"}],
"security": [{"key": []}],
"tags": [{"name": "webhooks"}, {"name": "events"}, {"name": "executions"}, {"name": "approvals"}, {"name": "entities"}, {"name": "settings"}, {"name": "secrets"}, {"name": "keys"}, {"name": "probes"}],
"paths": {
  "/pipeline/api/webhook/custom/{webhookToken}/v3": {"post": {
    "tags": ["webhooks"], "summary": "Fires the trigger that owns the token",
    "description": "200 means that the event is on disk; 503 that it is certainly not; 504 that nobody knows, and names its id.",
    "security": [{}, {"key": []}],
    "parameters": [{"name": "webhookToken", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}, {"$ref": "#/components/parameters/trigger"}],
    "requestBody": {"$ref": "#/components/requestBodies/event"},
    "responses": {"200": {"$ref": "#/components/responses/accepted"}, "413": {"$ref": "#/components/responses/error"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/error"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/webhook/custom/v2": {"post": {
    "tags": ["webhooks"], "summary": "Fires every trigger that the ids select",
    "description": "Triggers that own a token answer here only to calls with a valid key.",
    "security": [{}, {"key": []}],
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}, {"$ref": "#/components/parameters/trigger"}],
    "requestBody": {"$ref": "#/components/requestBodies/event"},
    "responses": {"200": {"$ref": "#/components/responses/accepted"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/webhook/custom": {"post": {
    "tags": ["webhooks"], "summary": "As v2; the answer's data is the event id alone",
    "security": [{}, {"key": []}],
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}, {"$ref": "#/components/parameters/trigger"}],
    "requestBody": {"$ref": "#/components/requestBodies/event"},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/webhook/triggerProcessingDetails": {"get": {
    "tags": ["events"], "summary": "What became of an event", "security": [],
    "parameters": [{"$ref": "#/components/parameters/account"}, {"name": "eventId", "in": "query", "required": true, "schema": {"$ref": "#/components/schemas/eventId"}}, {"$ref": "#/components/parameters/wait"}, {"$ref": "#/components/parameters/seen"}],
    "responses": {"304": {"description": "Nothing has changed since If-None-Match."}, "200": {"$ref": "#/components/responses/success"}, "400": {"$ref": "#/components/responses/notYet"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/webhook/triggerExecutionDetails/{eventId}": {"get": {
    "tags": ["events"], "summary": "What became of an event, and its execution while it runs: the apiUrl of an accepted call", "security": [],
    "parameters": [{"$ref": "#/components/parameters/eventId"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/wait"}, {"$ref": "#/components/parameters/seen"}],
    "responses": {"304": {"description": "Nothing has changed since If-None-Match."}, "200": {"$ref": "#/components/responses/success"}, "400": {"$ref": "#/components/responses/notYet"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/triggers/eventHistory/{trigger}": {"get": {
    "tags": ["events"], "summary": "A trigger's activity, newest first",
    "parameters": [{"name": "trigger", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"name": "targetIdentifier", "in": "query", "required": true, "description": "The trigger's pipeline.", "schema": {"type": "string"}}, {"$ref": "#/components/parameters/page"}, {"$ref": "#/components/parameters/size"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/triggers/eventHistory/eventCorrelation/{eventId}": {"get": {
    "tags": ["events"], "summary": "An event's history rows",
    "parameters": [{"$ref": "#/components/parameters/eventId"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/page"}, {"$ref": "#/components/parameters/size"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/triggers/eventHistory/v2/eventCorrelation/{eventId}": {"get": {
    "tags": ["events"], "summary": "An event's history rows",
    "parameters": [{"$ref": "#/components/parameters/eventId"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/page"}, {"$ref": "#/components/parameters/size"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/triggers/eventHistory/body/{eventId}": {"get": {
    "tags": ["events"], "summary": "The body of an event, byte for byte",
    "parameters": [{"$ref": "#/components/parameters/eventId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"description": "The bytes as they came.", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/triggers/eventHistory/explain/{eventId}": {"get": {
    "tags": ["events"], "summary": "Why each trigger fired or did not, condition by condition",
    "parameters": [{"$ref": "#/components/parameters/eventId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/whatif": {"post": {
    "tags": ["events"], "summary": "Judge the newest events with an edited trigger: what would newly fire, what would stop",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}, {"$ref": "#/components/parameters/size"}, {"name": "file", "in": "query", "description": "The file's name, for complaints.", "schema": {"type": "string"}}],
    "requestBody": {"required": true, "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/events": {"get": {
    "tags": ["events"], "summary": "The newest events of a scope",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}, {"$ref": "#/components/parameters/size"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/events/{eventId}": {"get": {
    "tags": ["events"], "summary": "One event: origin, headers, payload",
    "parameters": [{"$ref": "#/components/parameters/eventId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/executions": {"get": {
    "tags": ["executions"], "summary": "Executions of a scope, newest first",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}, {"$ref": "#/components/parameters/pipeline"}, {"$ref": "#/components/parameters/page"}, {"$ref": "#/components/parameters/size"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/summary": {"post": {
    "tags": ["executions"], "summary": "Executions of a project, newest first",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}, {"$ref": "#/components/parameters/page"}, {"$ref": "#/components/parameters/size"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/v2/{planExecutionId}": {"get": {
    "tags": ["executions"], "summary": "One execution, with the graph of a stage if one is asked for",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}, {"name": "stageNodeId", "in": "query", "description": "Setup id of a stage.", "schema": {"type": "string"}}, {"name": "stageNodeExecutionId", "in": "query", "description": "Of one iteration of a looped stage.", "schema": {"type": "string"}}, {"name": "childStageNodeId", "in": "query", "description": "Setup id of a stage of the run that a stage of type Pipeline started.", "schema": {"type": "string"}}, {"name": "renderFullBottomGraph", "in": "query", "schema": {"type": "boolean"}}, {"$ref": "#/components/parameters/wait"}, {"$ref": "#/components/parameters/seen"}],
    "responses": {"304": {"description": "Nothing has changed since If-None-Match."}, "200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}": {"get": {
    "tags": ["executions"], "summary": "One execution, with the graph of all of it or of a stage",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}, {"name": "stageNodeId", "in": "query", "description": "Setup id of a stage.", "schema": {"type": "string"}}, {"name": "stageNodeExecutionId", "in": "query", "description": "Of one iteration of a looped stage.", "schema": {"type": "string"}}, {"name": "childStageNodeId", "in": "query", "description": "Setup id of a stage of the run that a stage of type Pipeline started.", "schema": {"type": "string"}}, {"$ref": "#/components/parameters/wait"}, {"$ref": "#/components/parameters/seen"}],
    "responses": {"304": {"description": "Nothing has changed since If-None-Match."}, "200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/subGraph/{planExecutionId}/{nodeExecutionId}": {"get": {
    "tags": ["executions"], "summary": "The graph below one node",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/interrupt/{planExecutionId}": {"put": {
    "tags": ["executions"], "summary": "Aborts an execution",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}, {"name": "interruptType", "in": "query", "description": "In any case; anything else is refused with the list.", "schema": {"type": "string", "enum": ["AbortAll"]}}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/interrupt/{planExecutionId}/{nodeExecutionId}": {"put": {
    "tags": ["executions"], "summary": "Aborts a node or marks it as failed",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}, {"name": "interruptType", "in": "query", "description": "In any case; anything else is refused with the list.", "schema": {"type": "string", "enum": ["AbortAll", "UserMarkedFailure"]}}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/manualIntervention/interrupt/{planExecutionId}/{nodeExecutionId}": {"put": {
    "tags": ["executions"], "summary": "Decides about a node, pauses or resumes an execution",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}, {"name": "interruptType", "in": "query", "description": "In any case; anything else is refused with the list.", "schema": {"type": "string", "enum": ["AbortAll", "Abort", "Pause", "Resume", "Ignore", "StageRollback", "StepGroupRollback", "MarkAsSuccess", "ExpireAll", "Retry", "MarkAsFailure", "UserMarkedFailure"]}}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/executions/{planExecutionId}/logs": {"get": {
    "tags": ["executions"], "summary": "The output of every step",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}, {"name": "follow", "in": "query", "description": "true: go on until the execution ends.", "schema": {"type": "boolean"}}, {"name": "stage", "in": "query", "schema": {"type": "string"}}, {"name": "step", "in": "query", "schema": {"type": "string"}}, {"name": "fromPos", "in": "query", "description": "The first line of each attempt that is sent; counts from 0.", "schema": {"type": "integer"}}, {"name": "count", "in": "query", "description": "Lines of each attempt that are sent.", "schema": {"type": "integer"}}, {"name": "Last-Event-ID", "in": "header", "description": "The id of the last event that was seen: goes on behind it.", "schema": {"type": "string"}}],
    "responses": {"200": {"description": "Lines as they were written.", "content": {"application/x-ndjson": {"schema": {"type": "string"}}, "text/event-stream": {"schema": {"type": "string"}}}}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/approvals/{approvalId}": {"get": {
    "tags": ["approvals"], "summary": "A HarnessApproval step; its id is that of its node execution",
    "parameters": [{"$ref": "#/components/parameters/approvalId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/approvals/{approvalId}/harness/activity": {"post": {
    "tags": ["approvals"], "summary": "Approves or rejects; answered when it is on disk",
    "parameters": [{"$ref": "#/components/parameters/approvalId"}, {"$ref": "#/components/parameters/account"}],
    "requestBody": {"$ref": "#/components/requestBodies/approvalActivity"},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/approvals/{approvalId}/harness/authorization": {"get": {
    "tags": ["approvals"], "summary": "Whether the caller may approve or reject, and why not",
    "parameters": [{"$ref": "#/components/parameters/approvalId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/v1/orgs/{org}/projects/{project}/approvals/execution/{execution-id}": {
    "get": {
      "tags": ["approvals"], "summary": "The approvals of an execution, without an envelope; also below /pipeline/api",
      "parameters": [{"$ref": "#/components/parameters/accountHeader"}, {"$ref": "#/components/parameters/orgInPath"}, {"$ref": "#/components/parameters/projectInPath"}, {"name": "execution-id", "in": "path", "required": true, "schema": {"type": "string"}}, {"name": "approval_status", "in": "query", "schema": {"type": "string"}}, {"name": "approval_type", "in": "query", "schema": {"type": "string"}}, {"name": "node_execution_id", "in": "query", "schema": {"type": "string"}}],
      "responses": {"200": {"description": "A list of approvals.", "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}}, "default": {"$ref": "#/components/responses/error"}}},
    "post": {
      "tags": ["approvals"], "summary": "Approves or rejects the one approval of an execution that waits",
      "parameters": [{"$ref": "#/components/parameters/accountHeader"}, {"$ref": "#/components/parameters/orgInPath"}, {"$ref": "#/components/parameters/projectInPath"}, {"name": "execution-id", "in": "path", "required": true, "schema": {"type": "string"}}, {"name": "callback_id", "in": "query", "description": "Of the step, where several wait.", "schema": {"type": "string"}}],
      "requestBody": {"$ref": "#/components/requestBodies/approvalActivity"},
      "responses": {"200": {"description": "The approval.", "content": {"application/json": {"schema": {"type": "object"}}}}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/waitStep/{nodeExecutionId}": {"put": {
    "tags": ["executions"], "summary": "Ends a Wait step",
    "parameters": [{"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["action"], "properties": {"action": {"type": "string", "enum": ["MARK_AS_SUCCESS", "MARK_AS_FAIL"]}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/waitStep/executionDetails/{nodeExecutionId}": {"get": {
    "tags": ["executions"], "summary": "When a Wait step began and how long it waits, in milliseconds",
    "parameters": [{"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}/evaluateExpression": {"post": {
    "tags": ["executions"], "summary": "What a text with expressions would become in an execution; secrets stay expressions",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}, {"name": "nodeExecutionId", "in": "query", "description": "Where the text stands; above all stages without it.", "schema": {"type": "string"}}],
    "requestBody": {"required": true, "description": "A text of at most 64 KB with at most 100 expressions, or YAML with the root `pipeline`.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}/notes": {
    "get": {
      "tags": ["executions"], "summary": "The notes that people keep with an execution",
      "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "put": {
      "tags": ["executions"], "summary": "Writes the notes of an execution",
      "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}, {"name": "notes", "in": "query", "schema": {"type": "string", "maxLength": 16384}}],
      "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"notes": {"type": "string", "maxLength": 16384}}}}}},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/{planExecutionId}/retryStages": {"get": {
    "tags": ["executions"], "summary": "Where an execution may be retried from",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/retryHistory/{planExecutionId}": {"get": {
    "tags": ["executions"], "summary": "The executions that retry each other, the latest first",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/latestExecutionId/{planExecutionId}": {"get": {
    "tags": ["executions"], "summary": "The latest of the executions that retry each other",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/stagesExecutionList": {"get": {
    "tags": ["executions"], "summary": "The stages of a pipeline that may be run alone",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/apply": {"post": {
    "tags": ["entities"], "summary": "Creates and updates what the YAML says, all or nothing",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}, {"name": "dryRun", "in": "query", "schema": {"type": "boolean"}}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["files"], "properties": {"files": {"type": "array", "items": {"type": "object", "required": ["text"], "properties": {"name": {"type": "string"}, "text": {"type": "string", "description": "Documents with the roots pipeline, trigger, inputSet, overlayInputSet and setting."}}}}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/{identifier}": {"post": {
    "tags": ["executions"], "summary": "Runs a pipeline",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"description": "Runtime input, root `pipeline`; may be empty.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/{identifier}/v2": {"post": {
    "tags": ["executions"], "summary": "Runs a pipeline",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"description": "Runtime input, root `pipeline`; may be empty.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/{identifier}/inputSetList": {"post": {
    "tags": ["executions"], "summary": "Runs a pipeline with stored input sets",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"inputSetReferences": {"type": "array", "items": {"type": "string"}}, "lastYamlToMerge": {"type": "string"}, "withMergedPipelineYaml": {"type": "boolean"}, "stageIdentifiers": {"type": "array", "items": {"type": "string"}}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/{identifier}/stages": {"post": {
    "tags": ["executions"], "summary": "Runs some stages of a pipeline",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"runtimeInputYaml": {"type": "string"}, "stageIdentifiers": {"type": "array", "items": {"type": "string"}}, "expressionValues": {"type": "object", "description": "Must be empty."}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/rerun/{planExecutionId}/{identifier}": {"post": {
    "tags": ["executions"], "summary": "Runs the pipeline of an execution again",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"description": "Runtime input, root `pipeline`; may be empty.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/rerun/v2/{planExecutionId}/{identifier}": {"post": {
    "tags": ["executions"], "summary": "Runs the pipeline of an execution again",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"description": "Runtime input, root `pipeline`; may be empty.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/rerun/{planExecutionId}/{identifier}/stages": {"post": {
    "tags": ["executions"], "summary": "Runs some stages of the pipeline of an execution again",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"runtimeInputYaml": {"type": "string"}, "stageIdentifiers": {"type": "array", "items": {"type": "string"}}, "expressionValues": {"type": "object", "description": "Must be empty."}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/rerun/{planExecutionId}/{identifier}/inputSetList": {"post": {
    "tags": ["executions"], "summary": "Runs the pipeline of an execution again with stored input sets",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"inputSetReferences": {"type": "array", "items": {"type": "string"}}, "lastYamlToMerge": {"type": "string"}, "withMergedPipelineYaml": {"type": "boolean"}, "stageIdentifiers": {"type": "array", "items": {"type": "string"}}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/preflightCheck": {"post": {
    "tags": ["executions"], "summary": "Begins the checks before a run; gives their id. There is nothing to check: they are over at once",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/getPreflightCheckResponse": {"get": {
    "tags": ["executions"], "summary": "What came of the checks: SUCCESS",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"name": "preflightCheckId", "in": "query", "schema": {"type": "string"}}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execute/retry/{identifier}": {"post": {
    "tags": ["executions"], "summary": "Runs a failed execution again from a stage; earlier stages are taken over",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"name": "planExecutionId", "in": "query", "required": true, "schema": {"type": "string"}}, {"name": "retryStages", "in": "query", "required": true, "schema": {"type": "array", "items": {"type": "string"}}}, {"name": "runAllStages", "in": "query", "schema": {"type": "boolean", "default": true}}, {"$ref": "#/components/parameters/runNotes"}],
    "requestBody": {"description": "Runtime input, root `pipeline`; may be empty.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/execute": {"post": {
    "tags": ["executions"], "summary": "Runs a pipeline; also below /pipeline/api",
    "parameters": [{"$ref": "#/components/parameters/accountHeader"}, {"$ref": "#/components/parameters/orgInPath"}, {"$ref": "#/components/parameters/projectInPath"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/newerRunNotes"}],
    "requestBody": {"$ref": "#/components/requestBodies/newerRun"},
    "responses": {"200": {"$ref": "#/components/responses/newerRun"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/execute/rerun/{planExecutionId}": {"post": {
    "tags": ["executions"], "summary": "Runs the pipeline of an execution again",
    "parameters": [{"$ref": "#/components/parameters/accountHeader"}, {"$ref": "#/components/parameters/orgInPath"}, {"$ref": "#/components/parameters/projectInPath"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/newerRunNotes"}],
    "requestBody": {"$ref": "#/components/requestBodies/newerRun"},
    "responses": {"200": {"$ref": "#/components/responses/newerRun"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/execute/retry/{planExecutionId}": {"post": {
    "tags": ["executions"], "summary": "Runs a failed execution again from a stage",
    "parameters": [{"$ref": "#/components/parameters/accountHeader"}, {"$ref": "#/components/parameters/orgInPath"}, {"$ref": "#/components/parameters/projectInPath"}, {"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/planExecutionId"}, {"name": "retry_stages", "in": "query", "description": "At least one.", "schema": {"type": "array", "items": {"type": "string"}}}, {"name": "run_all_stages", "in": "query", "schema": {"type": "boolean", "default": true}}, {"$ref": "#/components/parameters/newerRunNotes"}],
    "requestBody": {"$ref": "#/components/requestBodies/newerRun"},
    "responses": {"200": {"$ref": "#/components/responses/newerRun"}, "503": {"$ref": "#/components/responses/later"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/v1/orgs/{org}/projects/{project}/pipelines/{identifier}/inputs": {"get": {
    "tags": ["executions"], "summary": "What a pipeline asks for when it is run, without an envelope",
    "parameters": [{"$ref": "#/components/parameters/accountHeader"}, {"$ref": "#/components/parameters/orgInPath"}, {"$ref": "#/components/parameters/projectInPath"}, {"$ref": "#/components/parameters/identifier"}],
    "responses": {"200": {"description": "The template, empty if it asks for nothing.", "content": {"application/json": {"schema": {"type": "object", "properties": {"inputs": {"type": "object"}, "template_yaml": {"type": "string"}, "modules": {"type": "array", "items": {"type": "string"}}, "replaced_expressions": {"type": "array", "items": {"type": "string"}}, "has_input_sets": {"type": "boolean"}}}}}}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}/inputset": {"get": {
    "tags": ["executions"], "summary": "The runtime input that an execution was given",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"description": "YAML", "content": {"application/yaml": {"schema": {"type": "string"}}}}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}/inputsetV2": {"get": {
    "tags": ["executions"], "summary": "That runtime input, and what its pipeline asked for then and asks for now",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}/metadata": {"get": {
    "tags": ["executions"], "summary": "What an execution runs",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipelines/execution/{planExecutionId}/metadata/details": {"get": {
    "tags": ["executions"], "summary": "What an execution runs and what it was given",
    "parameters": [{"$ref": "#/components/parameters/planExecutionId"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/pipeline/execution-input/{nodeExecutionId}": {
    "get": {
      "tags": ["executions"], "summary": "What a node asks for that waits for input",
      "parameters": [{"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "post": {
      "tags": ["executions"], "summary": "Gives a node the input that it waits for",
      "parameters": [{"name": "nodeExecutionId", "in": "path", "required": true, "schema": {"type": "string"}}, {"$ref": "#/components/parameters/account"}],
      "requestBody": {"required": true, "content": {"application/yaml": {"schema": {"type": "string"}}}},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "503": {"$ref": "#/components/responses/later"}, "504": {"$ref": "#/components/responses/unknown"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/inputSets/template": {"post": {
    "tags": ["entities"], "summary": "What a pipeline, or some stages of it, asks for when it is run",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}],
    "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"stageIdentifiers": {"type": "array", "items": {"type": "string"}}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/inputSets/merge": {"post": {
    "tags": ["entities"], "summary": "What input sets and a last text come to",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"inputSetReferences": {"type": "array", "items": {"type": "string"}}, "lastYamlToMerge": {"type": "string"}, "withMergedPipelineYaml": {"type": "boolean"}, "stageIdentifiers": {"type": "array", "items": {"type": "string"}}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/inputSets": {
    "get": {
      "tags": ["entities"], "summary": "The input sets and overlays of a pipeline",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}, {"name": "pageIndex", "in": "query", "schema": {"type": "integer", "default": 0}}, {"name": "pageSize", "in": "query", "schema": {"type": "integer", "default": 100}}, {"name": "inputSetType", "in": "query", "schema": {"type": "string", "enum": ["ALL", "INPUT_SET", "OVERLAY_INPUT_SET"]}}, {"name": "searchTerm", "in": "query", "schema": {"type": "string"}}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "post": {
      "tags": ["entities"], "summary": "Creates an input set",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}],
      "requestBody": {"$ref": "#/components/requestBodies/inputSet"},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/inputSets/{identifier}": {
    "get": {
      "tags": ["entities"], "summary": "One input set",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}, {"$ref": "#/components/parameters/identifier"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "put": {
      "tags": ["entities"], "summary": "Updates an input set",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}, {"$ref": "#/components/parameters/identifier"}],
      "requestBody": {"$ref": "#/components/requestBodies/inputSet"},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "delete": {
      "tags": ["entities"], "summary": "Deletes an input set or an overlay",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}, {"$ref": "#/components/parameters/identifier"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/inputSets/overlay": {
    "post": {
      "tags": ["entities"], "summary": "Creates an overlay",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}],
      "requestBody": {"$ref": "#/components/requestBodies/overlay"},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/inputSets/overlay/{identifier}": {
    "get": {
      "tags": ["entities"], "summary": "One overlay",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}, {"$ref": "#/components/parameters/identifier"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "put": {
      "tags": ["entities"], "summary": "Updates an overlay",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/ofPipeline"}, {"$ref": "#/components/parameters/identifier"}],
      "requestBody": {"$ref": "#/components/requestBodies/overlay"},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/entities/{kind}": {"get": {
    "tags": ["entities"], "summary": "Entities of a kind in a project, at most 1000 at once",
    "parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}, {"name": "size", "in": "query", "schema": {"type": "integer"}}, {"name": "after", "in": "query", "description": "The last entity of the answer before: IDENTIFIER, of triggers and input sets PIPELINE/IDENTIFIER.", "schema": {"type": "string"}}, {"$ref": "#/components/parameters/baseUrl"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/pipeline/api/tripgate/entities/{kind}/{id}": {
    "get": {
      "tags": ["entities"], "summary": "One entity with its YAML; of a trigger its address and curl command",
      "parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}, {"$ref": "#/components/parameters/baseUrl"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "delete": {
      "tags": ["entities"], "summary": "Deletes an entity; its versions stay, and so does what refers to it",
      "parameters": [{"$ref": "#/components/parameters/kind"}, {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/org"}, {"$ref": "#/components/parameters/project"}, {"$ref": "#/components/parameters/pipeline"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/settings": {
    "get": {
      "tags": ["settings"], "summary": "Settings as they stand for a scope",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "put": {
      "tags": ["settings"], "summary": "Writes settings; each tells its own outcome",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object", "required": ["identifier"], "properties": {"identifier": {"type": "string"}, "value": {"type": "string"}, "allowOverrides": {"type": "boolean"}, "updateType": {"type": "string", "enum": ["UPDATE", "RESTORE"]}}}}}}},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/settings/{identifier}": {"get": {
    "tags": ["settings"], "summary": "A setting's value for a scope",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/v2/secrets": {
    "get": {
      "tags": ["secrets"], "summary": "The secrets of a scope, without their values",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "post": {
      "tags": ["secrets"], "summary": "Stores a secret that does not exist yet",
      "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/secret"}}}},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/v2/secrets/{identifier}": {
    "put": {
      "tags": ["secrets"], "summary": "Stores a secret; what it was is gone",
      "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/secret"}}}},
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}},
    "delete": {
      "tags": ["secrets"], "summary": "Deletes a secret",
      "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
      "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/tripgate/secrets/reseal": {"post": {
    "tags": ["secrets"], "summary": "Puts every secret under the first key of the key file; how many were under another one",
    "parameters": [{"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/token": {"post": {
    "tags": ["keys"], "summary": "Makes an API key; the answer is the only one that shows it",
    "parameters": [{"$ref": "#/components/parameters/account"}, {"$ref": "#/components/parameters/anyOrg"}, {"$ref": "#/components/parameters/anyProject"}],
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "role": {"type": "string", "enum": ["admin", "executor", "viewer"]}, "apiKeyType": {"type": "string", "enum": ["USER", "SERVICE_ACCOUNT"]}, "validTo": {"type": "integer", "format": "int64", "description": "Unix time in milliseconds."}}}}}},
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/token/rotate/{identifier}": {"post": {
    "tags": ["keys"], "summary": "Gives a key a new secret",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}, {"name": "rotateTimestamp", "in": "query", "description": "Until when the old secret works, Unix time in milliseconds; now without it.", "schema": {"type": "integer", "format": "int64"}}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/token/{identifier}": {"delete": {
    "tags": ["keys"], "summary": "Revokes a key",
    "parameters": [{"$ref": "#/components/parameters/identifier"}, {"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/ng/api/token/aggregate": {"get": {
    "tags": ["keys"], "summary": "The account's keys without their secrets",
    "parameters": [{"$ref": "#/components/parameters/account"}],
    "responses": {"200": {"$ref": "#/components/responses/success"}, "default": {"$ref": "#/components/responses/error"}}}},
  "/healthz": {"get": {"tags": ["probes"], "summary": "Is the engine connected and the edge store there? Answered by nginx", "security": [], "servers": [{"url": "/"}],
    "responses": {"200": {"description": "Yes."}, "503": {"description": "No."}}}},
  "/readyz": {"get": {"tags": ["probes"], "summary": "Does the engine take events, and if not, why?", "security": [], "servers": [{"url": "/"}],
    "responses": {"200": {"description": "Yes."}, "503": {"description": "No, with the reason."}}}},
  "/metrics": {"get": {"tags": ["probes"], "summary": "Counters as Prometheus text; for local addresses", "security": [], "servers": [{"url": "/"}],
    "responses": {"200": {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}}}},
  "/openapi.json": {"get": {"tags": ["probes"], "summary": "This description", "security": [], "servers": [{"url": "/"}],
    "responses": {"200": {"description": "OpenAPI 3.0."}}}}
},
"components": {
  "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "pat.ACCOUNT.ID.SECRET or sat.ACCOUNT.ID.SECRET"}},
  "parameters": {
    "account": {"name": "accountIdentifier", "in": "query", "required": true, "schema": {"type": "string"}},
    "org": {"name": "orgIdentifier", "in": "query", "required": true, "schema": {"type": "string"}},
    "project": {"name": "projectIdentifier", "in": "query", "required": true, "schema": {"type": "string"}},
    "anyOrg": {"name": "orgIdentifier", "in": "query", "schema": {"type": "string"}},
    "anyProject": {"name": "projectIdentifier", "in": "query", "schema": {"type": "string"}},
    "pipeline": {"name": "pipelineIdentifier", "in": "query", "schema": {"type": "string"}},
    "ofPipeline": {"name": "pipelineIdentifier", "in": "query", "required": true, "schema": {"type": "string"}},
    "trigger": {"name": "triggerIdentifier", "in": "query", "schema": {"type": "string"}},
    "eventId": {"name": "eventId", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/eventId"}},
    "approvalId": {"name": "approvalId", "in": "path", "required": true, "schema": {"type": "string"}},
    "accountHeader": {"name": "Harness-Account", "in": "header", "required": true, "schema": {"type": "string"}},
    "orgInPath": {"name": "org", "in": "path", "required": true, "schema": {"type": "string"}},
    "projectInPath": {"name": "project", "in": "path", "required": true, "schema": {"type": "string"}},
    "planExecutionId": {"name": "planExecutionId", "in": "path", "required": true, "schema": {"type": "string"}},
    "runNotes": {"name": "notesForPipelineExecution", "in": "query", "description": "At most 16 KiB of UTF-8.", "schema": {"type": "string", "maxLength": 16384}},
    "newerRunNotes": {"name": "notes", "in": "query", "description": "At most 16 KiB of UTF-8.", "schema": {"type": "string", "maxLength": 16384}},
    "identifier": {"name": "identifier", "in": "path", "required": true, "schema": {"type": "string"}},
    "id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
    "kind": {"name": "kind", "in": "path", "required": true, "schema": {"type": "string", "enum": ["pipeline", "trigger", "inputset"]}},
    "baseUrl": {"name": "baseUrl", "in": "query", "description": "What a trigger's address begins with; public_url of engine.yaml without it.", "schema": {"type": "string"}},
    "wait": {"name": "wait", "in": "query", "description": "How long the answer may be held back until something has changed, such as 30s; at most a minute.", "schema": {"type": "string"}},
    "seen": {"name": "If-None-Match", "in": "header", "description": "The ETag of the answer before: only with wait.", "schema": {"type": "string"}},
    "page": {"name": "page", "in": "query", "description": "Counts from 0.", "schema": {"type": "integer"}},
    "size": {"name": "size", "in": "query", "schema": {"type": "integer"}}
  },
  "requestBodies": {
    "inputSet": {"required": true, "description": "One document with the root `inputSet`.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "overlay": {"required": true, "description": "One document with the root `overlayInputSet`.", "content": {"application/yaml": {"schema": {"type": "string"}}}},
    "newerRun": {"description": "`inputs_yaml` is a runtime input, root `pipeline`; such a text may also be the body itself, which may be empty.", "content": {"application/json": {"schema": {"type": "object", "properties": {"inputs_yaml": {"type": "string"}}}}, "application/yaml": {"schema": {"type": "string"}}}},
    "approvalActivity": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["action"], "properties": {"action": {"type": "string", "enum": ["APPROVE", "REJECT"]}, "approverInputs": {"type": "array", "items": {"type": "object", "required": ["name", "value"], "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}}, "comments": {"type": "string"}}}}}},
    "event": {"description": "Any bytes of any type; JSON objects and arrays become the payload of expressions.", "content": {"application/json": {"schema": {}}, "*/*": {"schema": {"type": "string", "format": "binary"}}}}
  },
  "responses": {
    "newerRun": {"description": "The new run, without an envelope.", "content": {"application/json": {"schema": {"type": "object", "properties": {"execution_details": {"type": "object", "properties": {"execution_id": {"type": "string"}, "status": {"type": "string"}}}}}}}},
    "success": {"description": "Done.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/success"}}}},
    "accepted": {"description": "The event is stored.", "content": {"application/json": {"schema": {"allOf": [{"$ref": "#/components/schemas/success"}, {"type": "object", "properties": {"data": {"type": "object", "properties": {"eventCorrelationId": {"$ref": "#/components/schemas/eventId"}, "apiUrl": {"type": "string"}, "uiUrl": {"type": "string"}, "uiSetupUrl": {"type": "string"}}}}}]}}}},
    "notYet": {"description": "No such event, or it is still waiting: ask again.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}},
    "later": {"description": "Not stored: send it again.", "headers": {"Retry-After": {"schema": {"type": "integer"}}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}},
    "unknown": {"description": "It may still take effect, or has: the state of the execution shows it. Look there before you ask again.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}},
    "error": {"description": "Refused.", "content": {"application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/error"}, {"$ref": "#/components/schemas/failure"}]}}}}
  },
  "schemas": {
    "secret": {"type": "object", "required": ["secret"], "properties": {"secret": {"type": "object", "required": ["spec"], "properties": {"type": {"type": "string", "enum": ["SecretText"]}, "identifier": {"type": "string"}, "orgIdentifier": {"type": "string"}, "projectIdentifier": {"type": "string"}, "spec": {"type": "object", "required": ["value"], "properties": {"valueType": {"type": "string", "enum": ["Inline"]}, "value": {"type": "string", "writeOnly": true, "maxLength": 24000}}}}}}},
    "eventId": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    "success": {"type": "object", "required": ["status", "data", "metaData", "correlationId"], "properties": {"status": {"type": "string", "enum": ["SUCCESS"]}, "data": {}, "metaData": {"nullable": true}, "correlationId": {"type": "string"}}},
    "error": {"type": "object", "required": ["status", "code", "message", "correlationId", "detailedMessage", "responseMessages", "metadata"], "properties": {"status": {"type": "string", "enum": ["ERROR"]}, "code": {"type": "string"}, "message": {"type": "string"}, "correlationId": {"type": "string", "nullable": true}, "detailedMessage": {"type": "string", "nullable": true}, "responseMessages": {"type": "array", "nullable": true, "items": {"type": "object"}}, "metadata": {"type": "object", "nullable": true}, "failedPermissionChecks": {"type": "array", "items": {"type": "object"}}}},
    "failure": {"type": "object", "required": ["status", "code", "message", "correlationId", "errors"], "properties": {"status": {"type": "string", "enum": ["FAILURE"]}, "code": {"type": "string"}, "message": {"type": "string"}, "correlationId": {"type": "string"}, "errors": {"type": "array", "nullable": true, "items": {"type": "object", "properties": {"fieldId": {"type": "string"}, "error": {"type": "string"}}}}}}
  }
}
}
)json";

}  // namespace

Response get_openapi(const Context& /*context*/) {
  Response response;
  response.body = kDescription;
  return response;
}

}  // namespace tripgate::http
