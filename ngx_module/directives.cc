// The directives, as README documents them, and how locations inherit their settings.
#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

char* const kConfError = static_cast<char*>(NGX_CONF_ERROR);
char is_duplicate[] = "is duplicate";

std::string_view argument(const ngx_conf_t* cf, ngx_uint_t index) noexcept {
  return view_of(static_cast<const ngx_str_t*>(cf->args->elts)[index]);
}

char* complain(ngx_conf_t* cf, const char* what, ngx_uint_t index) noexcept {
  ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s \"%V\"", what,
                     &static_cast<ngx_str_t*>(cf->args->elts)[index]);
  return kConfError;
}

/// Syntax: tripgate_store path;
char* set_store(ngx_conf_t* cf, ngx_command_t* /*cmd*/, void* conf) {
  auto* main_conf = static_cast<MainConf*>(conf);
  if (main_conf->store_directory.len != 0) return is_duplicate;
  ngx_str_t path = static_cast<ngx_str_t*>(cf->args->elts)[1];
  if (ngx_conf_full_name(cf->cycle, &path, 0) != NGX_OK) return kConfError;
  const std::size_t size = path.len + 1 + std::strlen(edge::kDirectoryName) + 1;
  auto* text = static_cast<u_char*>(ngx_pnalloc(cf->pool, size));
  if (text == nullptr) return kConfError;
  const u_char* end = ngx_snprintf(text, size, "%V/%s%Z", &path, edge::kDirectoryName);
  main_conf->store_directory = {static_cast<std::size_t>(end - text - 1), text};
  return NGX_CONF_OK;
}

/// Reads `name=time` into milliseconds; NGX_DECLINED when the argument is another one.
ngx_int_t read_time(std::string_view text, std::string_view name, std::uint64_t& out_ms) noexcept {
  if (!text.starts_with(name)) return NGX_DECLINED;
  text.remove_prefix(name.size());
  ngx_str_t value = ngx_str_of(text);
  const ngx_int_t time_ms = ngx_parse_time(&value, 0);
  if (time_ms <= 0) return NGX_ERROR;
  out_ms = static_cast<std::uint64_t>(time_ms);
  return NGX_OK;
}

/// Syntax: tripgate_engine unix:path [hold=time] [timeout=time];
char* set_engine(ngx_conf_t* cf, ngx_command_t* /*cmd*/, void* conf) {
  auto* main_conf = static_cast<MainConf*>(conf);
  if (main_conf->has_engine) return is_duplicate;
  if (!argument(cf, 1).starts_with("unix:")) return complain(cf, "no unix: address in", 1);
  ngx_url_t url{};
  url.url = static_cast<ngx_str_t*>(cf->args->elts)[1];
  if (ngx_parse_url(cf->pool, &url) != NGX_OK || url.naddrs != 1) {
    return complain(cf, "bad address", 1);
  }
  main_conf->engine.address = url.addrs[0];
  for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
    ngx_int_t code = read_time(argument(cf, i), "hold=", main_conf->engine.times.hold_ms);
    if (code == NGX_DECLINED) {
      code = read_time(argument(cf, i), "timeout=", main_conf->engine.times.timeout_ms);
    }
    if (code != NGX_OK) return complain(cf, "bad parameter", i);
  }
  main_conf->has_engine = true;
  return NGX_CONF_OK;
}

ngx_http_core_loc_conf_t* core_conf(ngx_conf_t* cf) noexcept {
  return static_cast<ngx_http_core_loc_conf_t*>(
      ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
}

MainConf* main_conf_of(ngx_conf_t* cf) noexcept {
  return static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_tripgate_module));
}

/// Syntax: tripgate_capture; tripgate_error; tripgate_health;
template <ngx_http_handler_pt handler>
char* set_handler(ngx_conf_t* cf, ngx_command_t* /*cmd*/, void* /*conf*/) {
  if (handler == capture_handler) main_conf_of(cf)->has_capture = true;
  core_conf(cf)->handler = handler;
  return NGX_CONF_OK;
}

bool add_masked(ngx_conf_t* cf, LocConf& conf, std::string_view name) noexcept {
  if (conf.masked_headers == nullptr) {
    conf.masked_headers = ngx_array_create(cf->pool, 4, sizeof(MaskedHeader));
    if (conf.masked_headers == nullptr) return false;
  }
  auto* header = static_cast<MaskedHeader*>(ngx_array_push(conf.masked_headers));
  auto* lower = static_cast<u_char*>(ngx_pnalloc(cf->pool, name.size()));
  if (header == nullptr || lower == nullptr) return false;
  header->hash = ngx_hash_strlow(lower, bytes_of(name), name.size());
  header->name = {name.size(), lower};
  return true;
}

/// Syntax: tripgate_mask_header name;
char* set_mask_header(ngx_conf_t* cf, ngx_command_t* /*cmd*/, void* conf) {
  return add_masked(cf, *static_cast<LocConf*>(conf), argument(cf, 1)) ? NGX_CONF_OK : kConfError;
}

/// Syntax: tripgate_public_url url;
char* set_public_url(ngx_conf_t* cf, ngx_command_t* /*cmd*/, void* conf) {
  auto* loc_conf = static_cast<LocConf*>(conf);
  if (loc_conf->public_url.len != 0) return is_duplicate;
  std::string_view url = argument(cf, 1);
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return complain(cf, "neither http:// nor https:// in", 1);
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.size() > limits::kEchoMaxSize) return complain(cf, "too long a URL", 1);
  loc_conf->public_url = ngx_str_of(url);
  return NGX_CONF_OK;
}

constexpr ngx_uint_t kAnywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

}  // namespace

ngx_command_t directives[] = {
    {ngx_string("tripgate_store"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, set_store,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {ngx_string("tripgate_engine"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE123, set_engine,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {ngx_string("tripgate_capture"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS,
     set_handler<capture_handler>, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("tripgate_error"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, set_handler<error_handler>,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("tripgate_health"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS,
     set_handler<health_handler>, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("tripgate_mask_header"), kAnywhere | NGX_CONF_TAKE1, set_mask_header,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("tripgate_public_url"), kAnywhere | NGX_CONF_TAKE1, set_public_url,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_null_string, 0, nullptr, 0, 0, nullptr},
};

void* create_main_conf(ngx_conf_t* cf) noexcept {
  return pool_new<MainConf>(cf->pool);
}

char* init_main_conf(ngx_conf_t* cf, void* conf) noexcept {
  const auto* main_conf = static_cast<const MainConf*>(conf);
  if (main_conf->has_capture && (!main_conf->has_engine || main_conf->store_directory.len == 0)) {
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "tripgate_capture needs tripgate_store and tripgate_engine");
    return kConfError;
  }
  return NGX_CONF_OK;
}

void* create_loc_conf(ngx_conf_t* cf) noexcept {
  return pool_new<LocConf>(cf->pool);
}

char* merge_loc_conf(ngx_conf_t* /*cf*/, void* parent, void* child) noexcept {
  const auto* outer = static_cast<const LocConf*>(parent);
  auto* inner = static_cast<LocConf*>(child);
  if (inner->public_url.len == 0) inner->public_url = outer->public_url;
  if (inner->masked_headers == nullptr) inner->masked_headers = outer->masked_headers;
  return NGX_CONF_OK;
}

}  // namespace tripgate
