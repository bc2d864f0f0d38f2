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
