// A text whose blocks became variables, as one script.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/jexl/template.h"

namespace tripgate::jexl {

/// The script of a text, and which of its blocks stand inside quotes there.
struct TemplateScript {
  std::string text;
  std::vector<bool> is_quoted;  ///< By the number of the block.
};

/// Puts word(number) in the place of each block. Between quotes the word joins the text around it,
/// `"a<+x>b"` becomes `("a"+word+"b")`, so that its value is data there as well: whatever it holds
/// ends no quotes. Its variable must then be bound to a text (pipelines.md 6.6, rows 45 and 57).
///
/// The dialect of conditions knows no quoted blocks: there the word stays a part of the quoted
/// text.
[[nodiscard]] TemplateScript write_script(std::span<const Template::Piece> pieces,
                                          Template::Dialect dialect,
                                          const std::function<std::string(std::size_t)>& word);

}  // namespace tripgate::jexl
