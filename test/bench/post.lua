-- wrk: a JSON POST of BODY_SIZE bytes, or a GET (METHOD). Counts answers whose status is not WANT_STATUS. With CALLS
-- (a file of paths) every request calls the next one, at one cost however many different ones
-- there are.
local size = tonumber(os.getenv("BODY_SIZE") or "200")
local want = tonumber(os.getenv("WANT_STATUS") or "200")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
if os.getenv("API_KEY") then wrk.headers["X-Api-Key"] = os.getenv("API_KEY") end
wrk.body = '{"ref":"refs/heads/main","pad":"' .. string.rep("x", size - 34) .. '"}'
if os.getenv("METHOD") == "GET" then wrk.method, wrk.body = "GET", nil end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function init()
  wrong = 0
  if not os.getenv("CALLS") then return end
  local requests, turn = {}, 0
  for path in io.lines(os.getenv("CALLS")) do requests[#requests + 1] = wrk.format(nil, path) end
  function request()
    turn = turn % #requests + 1
    return requests[turn]
  end
end

function response(status) if status ~= want then wrong = wrong + 1 end end

function done(summary, latency)
  local wrong_all = 0
  for _, thread in ipairs(threads) do wrong_all = wrong_all + thread:get("wrong") end
  local errors = summary.errors
  io.write(string.format("RESULT %f %f %f %d %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    wrong_all + errors.connect + errors.read + errors.write + errors.timeout, summary.requests))
end
