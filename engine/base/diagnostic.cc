// How a complaint about a person's text is printed.
#include "engine/base/diagnostic.h"

namespace tripgate {

std::string Diagnostic::to_string() const {
  std::string text = file;
  if (line != 0) {
    if (!text.empty()) text += ':';
    text += std::to_string(line);
    if (column != 0) text += ':' + std::to_string(column);
  }
  if (!text.empty()) text += ": ";
  return text + message;
}

}  // namespace tripgate
