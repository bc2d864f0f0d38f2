# Kills of engine, workers and supervisors.

$(BUILD)/test/kill_after_commit.so: test/crash/kill_shim.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -std=c++20 $(WARNINGS) -O2 -g -fPIC -shared -o $@ $< -ldl

## test-crash: kill the engine after each commit, supervisors, and all under load (KILLS="200 50 50")
# KILLS: how often under load: engine, workers, both.
KILLS ?= 200 50 50
.PHONY: test-crash
test-crash: all $(BUILD)/test/kill_after_commit.so
	BUILD=$(BUILD) python3 -B test/crash/kill_after_each_commit.py
	BUILD=$(BUILD) python3 -B test/crash/kill_under_load.py $(KILLS)

test-programs: $(BUILD)/test/kill_after_commit.so
