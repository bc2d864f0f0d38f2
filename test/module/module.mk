# The nginx module in a real nginx against a fake engine: no engine needed.

$(BUILD)/test/edge_writer: $(BUILD)/release/test/module/edge_writer.o \
                           $(patsubst %.cc,$(BUILD)/release/%.o,$(sort $(wildcard shared/*.cc)))
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -o $@ $^ -llmdb -lcrypto

## test-module: the nginx module in a real nginx against a fake engine
.PHONY: test-module
test-module: $(BUILD)/ngx_http_tripgate_module.so $(BUILD)/test/edge_writer
	BUILD=$(BUILD) python3 -B -m unittest discover -s test/module -p '*_test.py'

# The module for `make test-memory`: sanitizers in it, their runtime preloaded into Debian's nginx.
# nginx has no RTTI for its types, so vptr checks would have nothing to look at.
module_san_obj := $(patsubst %.cc,$(BUILD)/module-san/%.o,$(module_src))
MODULE_SANITIZE := -O1 -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all

$(BUILD)/module-san/%.o: %.cc | $(nginx_auto)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++san $< (module)")
	$(Q)$(CXX) $(filter-out -O2 -D_FORTIFY_SOURCE=2,$(MODULE_FLAGS)) $(MODULE_SANITIZE) -c -o $@ $<

$(BUILD)/san/ngx_http_tripgate_module.so: $(module_san_obj)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)gcc -shared -fsanitize=address,undefined -o $@ $^ -llmdb -lcrypto

## test-memory: the module in nginx under valgrind, and with ASan and UBSan in it
.PHONY: test-memory
test-memory: $(BUILD)/ngx_http_tripgate_module.so $(BUILD)/san/ngx_http_tripgate_module.so \
             $(BUILD)/test/edge_writer
	@command -v valgrind >/dev/null || { echo "test-memory needs the Debian package valgrind"; exit 1; }
	WATCH=sanitizer BUILD=$(BUILD) python3 -B -m unittest discover -s test/module -p '*_test.py'
	WATCH=valgrind BUILD=$(BUILD) python3 -B -m unittest discover -s test/module -p '*_test.py'
