// The values of the expression language: what a JSON body becomes and what an expression gives.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tripgate::jexl {

struct BigInteger;    // big_number.h
struct BigDecimal;    // big_number.h
struct FunctionBody;  // ast.h
struct Ast;           // ast.h
class HostObject;     // host_object.h

/// The run-time types, named after the Java types that they stand for (jexl.md section 2).
enum class Kind : std::uint8_t {
  null,
  boolean,
  int32,        // Integer
  int64,        // Long
  big_integer,  // BigInteger
  float32,      // Float
  float64,      // Double
  big_decimal,  // BigDecimal
  character,    // one UTF-16 unit
  string,       // UTF-8; indexes in the language count UTF-16 units
  list,
  array,     // from a literal or split(): equal to itself only
  set,       // keeps the order of insertion
  map,       // keeps the order of its keys
  range,     // a..b, both ends included
  function,  // a lambda
  object,    // something of the host's, see host_object.h
};

/// Whole numbers from first to last, downwards if first is larger.
struct IntegerRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool is_wide = false;  // Its members are Long, not Integer.
};

/// One value in 16 bytes. Copies are cheap and share what is on the heap.
///
/// Strings up to 14 bytes live inside the value, longer ones and all containers are counted
/// references. Containers have reference semantics, as in Java: a script that assigns to an element
/// changes what every copy sees. The evaluator therefore gives such a script a private copy of its
/// variables, and a parsed body may be shared by several threads.
class Value {
 public:
  struct Entry;

  Value() noexcept = default;
  Value(const Value& other) noexcept { adopt(other); }
  Value(Value&& other) noexcept { take(other); }
  Value& operator=(const Value& other) noexcept {
    if (other.is_on_heap()) other.add_reference();
    release();
    copy_bits(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    release();
    take(other);
    return *this;
  }
  ~Value() { release(); }

  [[nodiscard]] static Value boolean(bool value) noexcept;
  [[nodiscard]] static Value int32(std::int32_t value) noexcept;
  [[nodiscard]] static Value int64(std::int64_t value) noexcept;
  /// Integer if it fits 32 bits, else Long: what a JSON number becomes.
  [[nodiscard]] static Value integer(std::int64_t value) noexcept;
  [[nodiscard]] static Value float32(float value) noexcept;
  [[nodiscard]] static Value float64(double value) noexcept;
  [[nodiscard]] static Value character(char16_t unit) noexcept;
  [[nodiscard]] static Value big_integer(BigInteger value);
  [[nodiscard]] static Value big_decimal(BigDecimal value);
  [[nodiscard]] static Value string(std::string_view utf8);
  [[nodiscard]] static Value list(std::vector<Value> elements);
  [[nodiscard]] static Value array(std::vector<Value> elements);
  /// Of equal members the first is kept.
  [[nodiscard]] static Value set(std::vector<Value> members);
  /// Of equal keys the first one's place and the last one's value are kept.
  [[nodiscard]] static Value map(std::vector<Entry> entries);
  [[nodiscard]] static Value range(IntegerRange range);
  [[nodiscard]] static Value object(std::shared_ptr<const HostObject> object);
  /// A function made from a lambda; captured are the values of the surrounding locals.
  [[nodiscard]] static Value function(std::shared_ptr<const Ast> owner, const FunctionBody* body,
                                      std::vector<Value> captured, std::int32_t self_slot = -1);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is(Kind kind) const noexcept { return kind_ == kind; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == Kind::null; }
  /// Integer, Long, BigInteger, Float, Double or BigDecimal.
  [[nodiscard]] bool is_number() const noexcept {
    return kind_ >= Kind::int32 && kind_ <= Kind::big_decimal;
  }
  /// Float or Double.
  [[nodiscard]] bool is_floating() const noexcept {
    return kind_ == Kind::float32 || kind_ == Kind::float64;
  }
  /// List or array.
  [[nodiscard]] bool is_sequence() const noexcept {
    return kind_ == Kind::list || kind_ == Kind::array;
  }

  // The accessors below ask for a value of the right kind; anything else is a bug of the caller.

  [[nodiscard]] bool as_bool() const noexcept { return load<std::int64_t>() != 0; }
  /// Of an Integer, a Long or a Character.
  [[nodiscard]] std::int64_t as_int64() const noexcept { return load<std::int64_t>(); }
  /// Of a Float or a Double.
  [[nodiscard]] double as_double() const noexcept { return load<double>(); }
  [[nodiscard]] const BigInteger& as_big_integer() const noexcept;
  [[nodiscard]] const BigDecimal& as_big_decimal() const noexcept;
  /// UTF-8; valid as long as this very value lives unchanged (short text lies inside it).
  [[nodiscard]] std::string_view as_string() const& noexcept;
  std::string_view as_string() && = delete;
  [[nodiscard]] const IntegerRange& as_range() const noexcept;
  [[nodiscard]] const HostObject& as_object() const noexcept;

  /// Elements of a list or array.
  [[nodiscard]] std::span<const Value> elements() const noexcept;
  /// Entries of a map in order; of a set its members are the keys.
  [[nodiscard]] std::span<const Entry> entries() const noexcept;
  /// The value under a key of a map (Java equality: 1 is not 1L), or nullptr.
  [[nodiscard]] const Value* find(const Value& key) const noexcept;
  /// The value under a text key of a map, or nullptr; nullptr also if this is no map.
  [[nodiscard]] const Value* get(std::string_view key) const noexcept;
  [[nodiscard]] bool contains_key(const Value& key) const noexcept;
  /// Length in UTF-16 units, of a string.
  [[nodiscard]] std::size_t utf16_size() const noexcept;
  /// Whether a string consists of ASCII only, so that bytes and UTF-16 units coincide.
  [[nodiscard]] bool is_ascii() const noexcept;

  /// Whether both are one object in the sense of Java's ==: same container, or the same heap
  /// object.
  [[nodiscard]] bool is_same_object(const Value& other) const noexcept;

  /// Changes an element of a list or array for every holder.
  void set_element(std::size_t index, Value value);
  /// Puts an entry into a map for every holder.
  void put(Value key, Value value);
  /// A copy that shares no container with this one; kMaxDepth bounds the recursion.
  [[nodiscard]] Value deep_copy() const;

  struct FunctionParts;
  [[nodiscard]] const FunctionParts& as_function() const noexcept;

 private:
  struct Rep;
  template <class T>
  struct Box;
  struct StringRep;
  struct ContainerRep;
  struct ListRep;
  struct MapRep;
  struct FunctionRep;

  static constexpr std::uint8_t kOnHeap = 0xff;
  static constexpr std::size_t kSmallSize = 14;

  explicit Value(Kind kind) noexcept : kind_(kind) {}
  Value(Kind kind, Rep* rep) noexcept : kind_(kind), small_size_(kOnHeap) { store(rep); }

  template <class T>
  [[nodiscard]] T load() const noexcept {
    T out;
    std::memcpy(&out, small_.data() + 6, sizeof out);  // NOLINT(bugprone-sizeof-expression)
    return out;
  }
  template <class T>
  void store(T bits) noexcept {
    static_assert(sizeof bits <= 8);                     // NOLINT(bugprone-sizeof-expression)
    std::memcpy(small_.data() + 6, &bits, sizeof bits);  // NOLINT(bugprone-sizeof-expression)
  }
  [[nodiscard]] Rep* rep() const noexcept { return load<Rep*>(); }
  [[nodiscard]] bool is_on_heap() const noexcept { return small_size_ == kOnHeap; }
  // Kind, size and payload in one go; both sides are 16 plain bytes.
  void copy_bits(const Value& other) noexcept {
    kind_ = other.kind_;
    small_size_ = other.small_size_;
    small_ = other.small_;
  }
  void adopt(const Value& other) noexcept {
    copy_bits(other);
    if (is_on_heap()) add_reference();
  }
  void take(Value& other) noexcept {
    copy_bits(other);
    other.kind_ = Kind::null;
    other.small_size_ = 0;
  }
  void release() noexcept {
    if (is_on_heap()) drop_reference();
  }
  void add_reference() const noexcept;
  void drop_reference() noexcept;
  static void destroy(Kind kind, Rep* rep) noexcept;
  static void bury(ContainerRep* dead) noexcept;

  Kind kind_ = Kind::null;
  std::uint8_t small_size_ = 0;              // Bytes of a short string, or kOnHeap.
  alignas(2) std::array<char, 14> small_{};  // A short string, or eight bytes at offset 6.
};
static_assert(sizeof(Value) == 16);

struct Value::Entry {
  Value key;
  Value value;
};

/// What a function value holds.
struct Value::FunctionParts {
  std::shared_ptr<const Ast> owner;  // Keeps body alive beyond its script.
  const FunctionBody* body = nullptr;
  std::vector<Value> captured;
  /// The slot in the body that stands for this very function, -1 if none: recursion without a
  /// reference to itself, which would never be freed.
  std::int32_t self_slot = -1;
};

/// Java's equals(): types of numbers must agree, lists compare by elements, maps by entries, arrays
/// and functions by identity. Source: jexl.md section 6, compare.
[[nodiscard]] bool java_equals(const Value& left, const Value& right) noexcept;

/// Agrees with java_equals; seeded per process, so that nobody can prepare colliding keys.
[[nodiscard]] std::uint64_t hash_of(const Value& value) noexcept;

}  // namespace tripgate::jexl
