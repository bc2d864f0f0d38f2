# The nginx module. Debian's nginx-dev ships nginx's sources and configure flags but not what
# configure generates, so that is made first; other flags give "not binary compatible".

NGINX_SRC ?= /usr/share/nginx/src
nginx_dir := $(abspath $(BUILD))/nginx
nginx_auto := $(nginx_dir)/ngx_auto_config.h

comma := ,
module_pure_src := $(addprefix ngx_module/,address.cc admission.cc call_parameters.cc \
                     edge_reader.cc json_text.cc link_fsm.cc link_output.cc random_pool.cc response.cc)

# The C-style tests of test/unit_module link these.
cmocka_extra := $(patsubst %.cc,$(BUILD)/san/%.o,$(module_pure_src) $(sort $(wildcard shared/*.cc)))

# These count what judging a key costs: each call of theirs passes through the test.
counted := mdb_get SHA256_Final CRYPTO_memcmp
$(BUILD)/cmocka/admission_test.face $(BUILD)/cmocka/admission_test.real: \
  LIBS += $(addprefix -Wl$(comma)--wrap=,$(counted))

module_src := $(sort $(wildcard ngx_module/*.cc)) $(sort $(wildcard shared/*.cc))
module_obj := $(patsubst %.cc,$(BUILD)/module/%.o,$(module_src))

MODULE_FLAGS := -std=c++20 -I. $(WARNINGS) -O2 -g -fPIC -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
                -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-gnu-unique \
                -fvisibility=hidden -fno-omit-frame-pointer -MMD -MP \
                $(addprefix -isystem $(NGINX_SRC)/src/,core event event/modules os/unix http \
                  http/modules http/v2) -isystem $(nginx_dir)

all: module

.PHONY: module
module: $(BUILD)/ngx_http_tripgate_module.so

$(nginx_auto): $(NGINX_SRC)/conf_flags
	@mkdir -p $(nginx_dir)
	$(if $(Q),@echo "  CONF   $(BUILD)/nginx")
	$(Q)cd $(NGINX_SRC) && bash -c 'source ./conf_flags && ./configure "$${NGX_CONF_FLAGS[@]}" \
	  --builddir=$(nginx_dir)' >$(nginx_dir)/configure.log 2>&1 || { cat $(nginx_dir)/configure.log; exit 1; }

$(BUILD)/module/%.o: %.cc | $(nginx_auto)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++mod $<")
	$(Q)$(CXX) $(MODULE_FLAGS) -c -o $@ $<

# The C driver links it: nothing of the C++ library may be needed when nginx loads it.
$(BUILD)/ngx_http_tripgate_module.so: $(module_obj)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)gcc -shared -Wl,-z,relro,-z,now -o $@ $^ -llmdb -lcrypto

## lint-module: compare what the module needs from outside with ngx_module/symbols.allow
.PHONY: lint-module
lint-module: $(BUILD)/ngx_http_tripgate_module.so
	$(Q)nm -D --undefined-only $< | awk '{ sub(/@.*/, "", $$NF); print $$NF }' | sort -u \
	  >$(BUILD)/module/symbols.used
	$(Q)stray=$$(grep -v '^#' ngx_module/symbols.allow | sort -u | comm -13 - $(BUILD)/module/symbols.used); \
	  test -z "$$stray" || { echo "not in ngx_module/symbols.allow:" $$stray; exit 1; }
	$(Q)! readelf -d $< | grep NEEDED | grep -v -E 'liblmdb|libcrypto|libc\.so'
