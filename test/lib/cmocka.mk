# Tests in C style, each built twice: against our cmocka face and against the real libcmocka.

cmocka_src := $(sort $(wildcard test/unit_cmocka/*.cc test/unit_module/*.cc))
cmocka_names := $(notdir $(basename $(cmocka_src)))
CMOCKA_FLAGS := -std=c++20 -I. $(WARNINGS) $(SANITIZE) -fno-omit-frame-pointer -pthread -MMD -MP
vpath %.cc test/unit_cmocka test/unit_module

$(BUILD)/san/cmocka/%.face.o: %.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++san $< (face)")
	$(Q)$(CXX) $(CMOCKA_FLAGS) -Itest/lib -c -o $@ $<

$(BUILD)/san/cmocka/%.real.o: %.cc
	@mkdir -p $(@D)
	$(if $(Q),@echo "  C++san $< (libcmocka)")
	$(Q)$(CXX) $(CMOCKA_FLAGS) -Itest/lib/real_cmocka -c -o $@ $<

$(BUILD)/cmocka/%.face: $(BUILD)/san/cmocka/%.face.o $(patsubst %.cc,$(BUILD)/san/%.o,$(wildcard test/lib/cmocka*.cc)) $(cmocka_extra) $(BUILD)/san/libengine.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $@ $^ $(LIBS) -lgtest

$(BUILD)/cmocka/%.real: $(BUILD)/san/cmocka/%.real.o $(cmocka_extra) $(BUILD)/san/libengine.a
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK   $@")
	$(Q)$(CXX) -pthread $(SANITIZE) -o $@ $^ $(LIBS) -lcmocka

# These objects only: said of all, make would not miss the object of a new source.
.SECONDARY: $(foreach name,$(cmocka_names),$(BUILD)/san/cmocka/$(name).face.o $(BUILD)/san/cmocka/$(name).real.o)
.PHONY: cmocka-programs
cmocka-programs: $(foreach name,$(cmocka_names),$(BUILD)/cmocka/$(name).face $(BUILD)/cmocka/$(name).real)

## test-cmocka: the tests in C style, against our cmocka face and the real libcmocka
.PHONY: test-cmocka
test-cmocka: cmocka-programs
	$(Q)$(foreach name,$(cmocka_names),$(foreach kind,face real,echo "$(name) ($(kind))" && $(BUILD)/cmocka/$(name).$(kind) &&)) true
