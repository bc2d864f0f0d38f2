// Tokens are secrets that stand in addresses: access and error log show four characters of them.
#include <algorithm>

#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

/// The path of the request line, decoded, so that `%63ustom` hides no token from the cutter.
std::string_view decoded_path(ngx_http_request_t* r) noexcept {
  const std::string_view target =
      r->unparsed_uri.len != 0 ? view_of(r->unparsed_uri) : view_of(r->request_line);
  const std::string_view path(target.data(), std::min(target.find('?'), target.size()));
  auto* room = static_cast<u_char*>(ngx_pnalloc(r->pool, path.size() + 1));
  if (room == nullptr) return {};
  u_char* end = room;
  u_char* from = bytes_of(path);
  ngx_unescape_uri(&end, &from, path.size(), 0);
  return {reinterpret_cast<char*>(room), static_cast<std::size_t>(end - room)};
}

}  // namespace

std::string_view request_without_token(ngx_http_request_t* r) noexcept {
  const std::string_view path = decoded_path(r);
  if (path.empty()) return {};
  const std::string_view target = view_of(r->unparsed_uri);
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view query(target.data() + mark, target.size() - mark);
  // An error_page turns r->method_name into GET.
  const std::string_view line = view_of(r->request_line);
  const std::string_view method(line.data(), std::min(line.find(' '), line.size()));
  const bool is_parsed = !target.empty();
  const std::size_t size =
      method.size() + 1 + path.size() + query.size() + 1 + r->http_protocol.len;
  auto* text = static_cast<char*>(ngx_pnalloc(r->pool, size));
  if (text == nullptr) return {};
  std::size_t used = 0;
  const auto put = [&](std::string_view part) {
    std::memcpy(text + used, part.data(), part.size());
    used += part.size();
  };
  if (is_parsed) {
    put(method);
    put(" ");
  }
  used += cut_token(path, {text + used, path.size()});
  put(query);
  if (is_parsed && r->http_protocol.len != 0) {
    put(" ");
    put(view_of(r->http_protocol));
  }
  return {text, used};
}

u_char* log_without_token(ngx_http_request_t* r, ngx_http_request_t* /*sr*/, u_char* buf,
                          size_t size) {
  ngx_str_t request = ngx_str_of(request_without_token(r));
  return ngx_snprintf(buf, size, ", request: \"%V\"", &request);
}

}  // namespace tripgate
