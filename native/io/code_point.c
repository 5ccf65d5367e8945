#include "io/code_point.h"

#include "base/utf8.h"

size_t code_point_decode(const char *text, size_t length, uint32_t *code)
{
    if (length == 0) return 0;
    unsigned char first = (unsigned char)text[0];
    size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (bytes > length || utf8_valid_bytes(text, bytes) < bytes) return 0;
    *code = bytes == 1 ? first : first & (0x7Fu >> bytes);
    for (size_t i = 1; i < bytes; i++) *code = *code << 6 | ((unsigned char)text[i] & 0x3F);
    return bytes;
}

size_t code_point_encode(uint32_t code, char bytes[4])
{
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[0] = (char)(lead[more] | code >> (6 * more));
    for (int i = 1; i <= more; i++) bytes[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3F));
    return (size_t)more + 1;
}
