// The Http step, before and after its call. Source: pipelines.md 2.3.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/call_end.h"
#include "engine/call/call_settings.h"
#include "engine/expressions/text_renderer.h"
#include "engine/plan/step_specs.h"

namespace tripgate {

/// Renders one text of a step. For an Http step blocks without a value stay as they are
/// (Unresolved::as_written).
using RenderText = std::function<Result<std::string, Diagnostic>(std::string_view text)>;

/// The step with everything rendered but its assertion and its outputs, which wait for the answer.
/// Errors: those of `render`.
[[nodiscard]] Result<plan::HttpSpec, Diagnostic> render_http_step(const plan::HttpSpec& spec,
                                                                  const RenderText& render);

/// The command that makes the call. spec: rendered, with the plain text of secrets.
/// Errors: a header that is given twice, a request that is too large.
[[nodiscard]] Result<StepCommand, Diagnostic> make_http_command(const plan::HttpSpec& spec,
                                                                const CallSettings& settings);

/// What the call's end means: evaluates the outputs, then the assertion.
///
/// spec: rendered without the plain text of secrets, for its URL is published. result: of an
/// attempt that was neither timed out nor aborted nor interrupted. roots: of the node; they are
/// asked for every name but httpResponseCode and httpResponseBody, which are the answer's.
[[nodiscard]] CallEnd judge_http_result(const plan::HttpSpec& spec, const StepResult& result,
                                        const jexl::Context& roots,
                                        const TextRenderer::Surroundings& surroundings);

}  // namespace tripgate
