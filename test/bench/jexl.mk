# The expression library's benchmark.
.PHONY: bench-jexl
## bench-jexl: cost of a judgement, of 10,000 triggers, of parsing a condition and a body
bench-jexl: $(BUILD)/release/bench/jexl
	$(BUILD)/release/bench/jexl --benchmark_min_time=0.3

$(BUILD)/release/bench/jexl: $(BUILD)/release/test/bench/jexl_bench.o \
                            $(BUILD)/release/test/bench/match_bench.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS) -lbenchmark -lbenchmark_main
