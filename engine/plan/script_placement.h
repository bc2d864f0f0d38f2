// A bash script with expressions becomes a bash script with variable references.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/expression_blocks.h"

namespace tripgate::plan {

/// Names of the variables that carry values begin with this; a script may not mention it.
inline constexpr std::string_view kReferencePrefix = "_tripgate_";

/// One variable of a compiled script and the text whose rendered value it must hold.
struct ScriptReference {
  std::string variable;
  std::string expression;  ///< A block, `<+` and `>` included.
};

/// What bash runs. Each reference stands exactly where its block stood, with the quoting that makes
/// bash take the value as data, whatever its bytes are.
struct CompiledScript {
  std::string text;
  std::vector<ScriptReference> references;
};

/// Something about the block or the construct at a byte of the script.
struct PlacementRemark {
  std::size_t offset = 0;
  std::string message;

  friend bool operator==(const PlacementRemark&, const PlacementRemark&) = default;
};

/// The script is meaningful only without refusals. Both lists are in the order of the text.
struct Placement {
  CompiledScript script;
  std::vector<PlacementRemark> refusals;
  std::vector<PlacementRemark> warnings;
};

/// Decides for every block of a script where it stands and compiles the script (design: untrusted
/// data never becomes code). A place where bash would run, evaluate or match the value is refused
/// with the safe way to write it; so is everything that the scanner cannot tell for sure. Text for
/// another interpreter is a warning. A script without blocks is returned as it is.
///
/// blocks: from find_blocks(script).
[[nodiscard]] Placement place_blocks(std::string_view script,
                                     const std::vector<ExpressionBlock>& blocks);

/// place_blocks() on the script's own blocks.
[[nodiscard]] Placement compile_script(std::string_view script);

}  // namespace tripgate::plan
