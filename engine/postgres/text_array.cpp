#include "postgres/text_array.h"

namespace pghaul::postgres {
namespace {

constexpr std::uint32_t kTextOid = 25;
constexpr std::size_t kHead = 5 * 4;  // dimensions, whether there are NULLs, type, elements, first index

void put(std::uint32_t number, char* place) {
  for (int i = 3; i >= 0; --i, number >>= 8) place[i] = static_cast<char>(number & 0xFF);
}

}  // namespace

void TextArray::clear() {
  bytes_.assign(kHead, '\0');
  elements_ = 0;
  has_null_ = false;
}

void TextArray::add(std::optional<std::string_view> element) {
  char length[4];
  put(element ? static_cast<std::uint32_t>(element->size()) : ~std::uint32_t{0}, length);
  bytes_.append(length, sizeof length);
  if (element) bytes_.append(*element);
  has_null_ = has_null_ || !element;
  ++elements_;
}

const std::string& TextArray::value() {
  put(1, &bytes_[0]);
  put(has_null_ ? 1 : 0, &bytes_[4]);
  put(kTextOid, &bytes_[8]);
  put(elements_, &bytes_[12]);
  put(1, &bytes_[16]);
  return bytes_;
}

}  // namespace pghaul::postgres
