# The expression library's benchmark.
.PHONY: bench-jexl
## bench-jexl: cost of judging and parsing conditions and bodies, against Commons JEXL if it is there
bench-jexl:
	@$(MAKE) --no-print-directory bench ONLY=conditions

bench-programs: $(BUILD)/release/bench/jexl

$(BUILD)/release/bench/jexl: $(BUILD)/release/test/bench/jexl_bench.o \
                            $(BUILD)/release/test/bench/match_bench.o $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS) -lbenchmark -lbenchmark_main
