-- The peer that people would write by hand: token and key checked in Lua, the event sent over a
-- pooled cosocket to a store that answers after its group commit.
local args = ngx.req.get_uri_args()
if not (args.accountIdentifier and args.orgIdentifier and args.projectIdentifier) then
  return ngx.exit(400)
end
local tokens = ngx.shared.tokens
local token = ngx.var.uri:match("/custom/([^/]+)/v3$")
if not token or not tokens:get(token) then return ngx.exit(400) end
local key = ngx.req.get_headers()["X-Api-Key"]
if key then
  local digest = ngx.encode_base64(ngx.sha1_bin(key))
  if not tokens:get(digest) then return ngx.exit(401) end
end
ngx.req.read_body()
local body = ngx.req.get_body_data() or ""
local headers = {}
for name, value in pairs(ngx.req.get_headers()) do
  headers[#headers + 1] = name .. ": " .. (type(value) == "table" and table.concat(value, ",") or value)
end
local record = table.concat(headers, "\n") .. "\n\n" .. body
local store = ngx.socket.tcp()
local ok = store:connect(ngx.shared.tokens:get("store"))
if not ok then return ngx.exit(503) end
store:send(string.format("%08d", #record) .. record)
local id = store:receive(24)
if not id then return ngx.exit(503) end
store:setkeepalive(10000, 1024)
ngx.header["Content-Type"] = "application/json"
ngx.print('{"status":"SUCCESS","data":{"eventCorrelationId":"', id,
  '","apiUrl":"http://localhost/gateway/pipeline/api/webhook/triggerExecutionDetails/', id,
  '?accountIdentifier=demo"},"metaData":null,"correlationId":"00000000-0000-4000-8000-000000000000"}')
