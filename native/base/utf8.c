#include "base/utf8.h"

size_t utf8_valid_bytes(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0;
    while (i < length) {
        unsigned char lead = p[i];
        size_t more = lead < 0x80   ? 0
                      : lead < 0xc2 ? 9
                      : lead < 0xe0 ? 1
                      : lead < 0xf0 ? 2
                      : lead < 0xf5 ? 3
                                    : 9;
        if (more > 3 || more >= length - i) return i;
        for (size_t k = 1; k <= more; k++)
            if ((p[i + k] & 0xc0) != 0x80) return i;
        if (lead == 0xe0 && p[i + 1] < 0xa0) return i; /* overlong */
        if (lead == 0xed && p[i + 1] > 0x9f) return i; /* surrogates */
        if (lead == 0xf0 && p[i + 1] < 0x90) return i; /* overlong */
        if (lead == 0xf4 && p[i + 1] > 0x8f) return i; /* above U+10FFFF */
        i += more + 1;
    }
    return length;
}
