# Programs of the front door's benchmark.

# The durable store behind the Lua peer.
$(BUILD)/bench/durable_store: $(BUILD)/release/test/bench/peers/durable_store.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS)

# Fills a store with a million triggers.
$(BUILD)/bench/trigger_loader: $(BUILD)/release/test/bench/trigger_loader.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS)

# A bare loop of processes, beside which a run is measured.
$(BUILD)/bench/spawn_loop: $(BUILD)/release/test/bench/peers/spawn_loop.o
	@mkdir -p $(@D)
	$(Q)$(CXX) -o $@ $^

# What the engine itself spends on a run.
$(BUILD)/bench/run_bench: $(BUILD)/release/test/bench/run_bench.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS) -lgtest

.PHONY: bench-programs
bench-programs: $(BUILD)/bench/durable_store $(BUILD)/bench/trigger_loader \
                $(BUILD)/bench/spawn_loop $(BUILD)/bench/run_bench

## bench-short: the front door's figures only
.PHONY: bench-short
bench-short: all bench-programs
	test/bench/run.sh --short
