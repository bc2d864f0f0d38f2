// The module as nginx sees it: its context, its life in a worker process, its exported symbols.
#include "ngx_module/ngx_http_tripgate_module.h"

namespace tripgate {
namespace {

Worker* worker = nullptr;

ngx_int_t init_process(ngx_cycle_t* cycle) {
  if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) return NGX_OK;
  const auto* conf = static_cast<const MainConf*>(
      ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tripgate_module));
  if (conf == nullptr || !conf->has_engine || conf->store_directory.len == 0) return NGX_OK;
  // Not in the cycle's pool: in single process mode a reload frees that, and the link lives on.
  void* place = ngx_alloc(sizeof(Worker), cycle->log);
  if (place == nullptr) return NGX_ERROR;
  worker = new (place) Worker(*conf, cycle->log);
  return worker->open(cycle) ? NGX_OK : NGX_ERROR;
}

void exit_process(ngx_cycle_t* /*cycle*/) {
  if (worker == nullptr) return;
  worker->close();
  worker->~Worker();
  ngx_free(worker);
  worker = nullptr;
}

/// The first phase: whatever nginx writes about this request later shows no token.
ngx_int_t hide_token(ngx_http_request_t* r) {
  if (parse_webhook_address(view_of(r->uri))) r->log_handler = log_without_token;
  return NGX_DECLINED;
}

ngx_int_t add_phase_handler(ngx_conf_t* cf) {
  auto* core = static_cast<ngx_http_core_main_conf_t*>(
      ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
  auto* handler = static_cast<ngx_http_handler_pt*>(
      ngx_array_push(&core->phases[NGX_HTTP_POST_READ_PHASE].handlers));
  if (handler == nullptr) return NGX_ERROR;
  *handler = hide_token;
  return NGX_OK;
}

ngx_http_module_t module_context = {
    add_variables,                                        // preconfiguration
    add_phase_handler,                                    // postconfiguration
    create_main_conf,  init_main_conf, nullptr, nullptr,  // server configuration
    create_loc_conf,   merge_loc_conf,
};

}  // namespace

Worker* this_worker() noexcept {
  return worker;
}

}  // namespace tripgate

ngx_module_t ngx_http_tripgate_module = {
    NGX_MODULE_V1,
    &tripgate::module_context,
    tripgate::directives,
    NGX_HTTP_MODULE,
    nullptr,  // init master
    nullptr,  // init module
    tripgate::init_process,
    nullptr,  // init thread
    nullptr,  // exit thread
    tripgate::exit_process,
    nullptr,  // exit master
    NGX_MODULE_V1_PADDING,
};

// What nginx's configure generates for a dynamic module; load_module looks these names up.
#ifndef TRIPGATE_CONFIGURED_BY_NGINX
extern "C" {
[[gnu::visibility("default")]] ngx_module_t* ngx_modules[] = {&ngx_http_tripgate_module, nullptr};
static char module_name[] = "ngx_http_tripgate_module";
[[gnu::visibility("default")]] char* ngx_module_names[] = {module_name, nullptr};
[[gnu::visibility("default")]] char* ngx_module_order[] = {nullptr};
}
#endif
