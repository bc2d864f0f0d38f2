// `xml`: XPath 1.0 by libxml2, on documents of bounded size that bring nothing along: no document
// type, hence no entities, and nothing is ever loaded from anywhere.
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include <memory>

#include "engine/functors/functor.h"

namespace tripgate {
namespace {

using jexl::Value;

/// Bytes of one document; its tree takes about ten times as much.
constexpr std::size_t kDocumentSizeMax = std::size_t{1} << 20;

/// Bytes of one XPath expression.
constexpr std::size_t kPathSizeMax = 1024;

/// Operations of one XPath evaluation: 20 ms.
constexpr unsigned long kOperationsMax = 1'000'000;

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;
using PathContext = std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)>;
using PathResult = std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)>;
using XmlText = std::unique_ptr<xmlChar, void (*)(void*)>;

void ignore_error(void*, xmlErrorPtr) {}
void ignore_text(void*, const char*, ...) {}

/// The text is taken as UTF-8 whatever it declares: another encoding could hide a document type.
Document parse(const std::string& text) {
  constexpr int kOptions =
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
  const bool is_refused =
      text.size() > kDocumentSizeMax || text.find("<!DOCTYPE") != std::string::npos;
  xmlDocPtr document =
      is_refused ? nullptr
                 : xmlReadMemory(text.data(), static_cast<int>(text.size()), "", "UTF-8", kOptions);
  return {document, xmlFreeDoc};
}

jexl::Outcome select(const FunctorCall& call) {
  const std::string path = call.text(0);
  if (path.size() > kPathSizeMax) return functor_error("the XPath is too long");
  // Of this thread; some complaints about an expression take no other way.
  xmlSetGenericErrorFunc(nullptr, ignore_text);
  const Document document = parse(call.text(1));
  if (document == nullptr) return Value();
  const PathContext context(xmlXPathNewContext(document.get()), xmlXPathFreeContext);
  if (context == nullptr) return functor_error("out of memory");
  context->error = ignore_error;
  context->opLimit = kOperationsMax;
  const PathResult found(
      xmlXPathEvalExpression(reinterpret_cast<const xmlChar*>(path.c_str()), context.get()),
      xmlXPathFreeObject);
  if (found == nullptr) return functor_error("the XPath " + path + " cannot be evaluated");
  const XmlText text(xmlXPathCastToString(found.get()), xmlFree);
  if (text == nullptr) return functor_error("out of memory");
  return Value::string(reinterpret_cast<const char*>(text.get()));
}

constexpr FunctorEntry kFunctions[] = {{"select", 2, select}};

}  // namespace

std::span<const FunctorEntry> xml_functions() {
  return kFunctions;
}

}  // namespace tripgate
