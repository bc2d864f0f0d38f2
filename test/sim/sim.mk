# The simulator: the engine's middle under seeded kills, and runs of weeks. SEED=n plays one seed only,
# SEEDS=n so many weeks-long runs.
sim_src := $(sort $(wildcard test/sim/*.cc))

$(BUILD)/san/sim: $(patsubst %.cc,$(BUILD)/san/%.o,$(sim_src)) $(BUILD)/san/libengine.a
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $@ $^ $(LIBS) -lgmock -lgtest -lgtest_main

## sim: the simulator of kills, restarts and weeks; SEED=n replays one, SEEDS=n plays more
.PHONY: sim
sim: $(BUILD)/san/sim
	SEED=$(SEED) SEEDS=$(SEEDS) $(BUILD)/san/sim --gtest_brief=1

test-programs: $(BUILD)/san/sim
