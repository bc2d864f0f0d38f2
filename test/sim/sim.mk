# The simulator: the engine's middle under seeded kills. SEED=n plays one seed only.
sim_src := $(sort $(wildcard test/sim/*.cc))

$(BUILD)/san/sim: $(patsubst %.cc,$(BUILD)/san/%.o,$(sim_src)) $(BUILD)/san/libengine.a
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $@ $^ $(LIBS) -lgmock -lgtest -lgtest_main

## sim: the simulator of kills and restarts; SEED=n replays one
.PHONY: sim
sim: $(BUILD)/san/sim
	SEED=$(SEED) $(BUILD)/san/sim --gtest_brief=1

test-programs: $(BUILD)/san/sim
