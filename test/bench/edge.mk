# The durable store behind the Lua peer of the edge benchmark.
$(BUILD)/bench/durable_store: $(BUILD)/release/test/bench/peers/durable_store.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS)

bench: $(BUILD)/bench/durable_store
