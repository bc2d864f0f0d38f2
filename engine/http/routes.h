// The HTTP interface as one table, and the way from a request to an answer.
#pragma once

#include <span>

#include "engine/http/api.h"
#include "engine/http/router.h"

namespace tripgate::http {

[[nodiscard]] std::span<const Route> routes();

/// Finds the route, asks for key and permission, calls the handler. Never throws.
[[nodiscard]] Response answer(const Api& api, const Request& request);

}  // namespace tripgate::http
