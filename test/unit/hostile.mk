# The hostile inputs once more without sanitizers, where the bounds of time and memory are the real
# ones; the sanitized program of unit-jexl runs a part of them.
.PHONY: test-hostile
## test-hostile: no input of 1 MB takes more than 100 ms or 64 MB
test-hostile: $(BUILD)/release/test/hostile
	$(BUILD)/release/test/hostile --gtest_brief=1

$(BUILD)/release/test/hostile: $(BUILD)/release/test/unit/jexl/hostile_test.o \
                               $(BUILD)/release/libengine.a
	@mkdir -p $(@D)
	$(Q)$(CXX) -pthread -o $@ $^ $(LIBS) -lgtest -lgtest_main
