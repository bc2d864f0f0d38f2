// Source: triggers.md 1.9 and pipelines.md 6.8.
#include "engine/run/run_page.h"

namespace tripgate {

std::string run_page(std::string_view base, const Execution& execution) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base) + "/ng/#/account/" + execution.account + "/cd/orgs/" + execution.org +
         "/projects/" + execution.project + "/pipelines/" + execution.pipeline + "/executions/" +
         execution.plan_execution_id + "/pipeline";
}

}  // namespace tripgate
