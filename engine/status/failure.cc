// The names of failure types, in the order of their numbers.
#include "engine/status/failure.h"

#include <array>

namespace tripgate {
namespace {

constexpr std::array<std::string_view, kFailureTypeCount> kNames = {
    "UNKNOWN_FAILURE",       "DELEGATE_PROVISIONING_FAILURE",
    "CONNECTIVITY_FAILURE",  "AUTHENTICATION_FAILURE",
    "VERIFICATION_FAILURE",  "APPLICATION_FAILURE",
    "AUTHORIZATION_FAILURE", "TIMEOUT_FAILURE",
    "SKIPPING_FAILURE",      "POLICY_EVALUATION_FAILURE",
    "INPUT_TIMEOUT_FAILURE", "FREEZE_ACTIVE_FAILURE",
    "APPROVAL_REJECTION",    "DELEGATE_RESTART",
    "USER_MARKED_FAILURE"};

}  // namespace

std::string_view engine_name(FailureType type) {
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace tripgate
