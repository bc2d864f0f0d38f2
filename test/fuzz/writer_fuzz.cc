// Whatever the parser reads, the writer writes so that it is read as the same tree.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

using namespace tripgate;
using yaml::Node;
using yaml::ScalarStyle;

namespace {

/// Plain words and numbers must stay plain, and quoted ones quoted: plain `1.10` is a number.
/// Signs and dots alone are neither.
bool is_word(std::string_view text) {
  return text.find_first_not_of("0123456789.+eEnulNULtruefals~") == text.npos &&
         text.find_first_not_of(".+") != text.npos;
}

bool is_same(const Node& left, const Node& right) {
  if (left.kind != right.kind || left.text != right.text) return false;
  if (left.is_null() != right.is_null()) return false;
  const bool are_plain_alike =
      (left.style == ScalarStyle::plain) == (right.style == ScalarStyle::plain);
  if (left.is_scalar() && is_word(left.text) && !are_plain_alike) return false;
  if (left.items.size() != right.items.size()) return false;
  for (std::size_t i = 0; i < left.items.size(); ++i) {
    if (!is_same(left.items[i], right.items[i])) return false;
  }
  if (left.entries.size() != right.entries.size()) return false;
  for (std::size_t i = 0; i < left.entries.size(); ++i) {
    if (left.entries[i].key.text != right.entries[i].key.text) return false;
    if (!is_same(left.entries[i].value, right.entries[i].value)) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto document = yaml::parse_document(text, "in");
  if (!document) return 0;
  const std::string written = yaml::write_document(document->root);
  const auto again = yaml::parse_document(written, "written");
  if (again && is_same(document->root, again->root)) return 0;
  // Escapes and indentation may take a text beyond the parser's bound.
  if (!again && written.size() > size * 2 + 1000) return 0;
  std::fprintf(stderr, "%s\n---- %s\n", written.c_str(),
               again ? "read as another tree" : again.error().to_string().c_str());
  std::abort();
}
