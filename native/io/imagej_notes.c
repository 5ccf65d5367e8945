#include "io/imagej_notes.h"

#include <string.h>

#include "io/code_point.h"

static uint32_t number_at(const unsigned char *bytes, int count, int big_endian)
{
    uint32_t number = 0;
    for (int i = 0; i < count; i++) number = number << 8 | bytes[big_endian ? i : count - 1 - i];
    return number;
}

/* Turns UTF-16 into UTF-8 and returns its length; a half of a pair that stands alone becomes U+FFFD. */
static size_t to_utf8(const unsigned char *from, size_t bytes, int big_endian,
                      char to[IMAGEJ_NOTES_LABEL_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; i + 2 <= bytes && used + 4 <= IMAGEJ_NOTES_LABEL_BYTES; i += 2) {
        uint32_t code = number_at(from + i, 2, big_endian);
        if (code >= 0xD800 && code < 0xE000) {
            uint32_t low = i + 4 <= bytes ? number_at(from + i + 2, 2, big_endian) : 0;
            if (code < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            } else {
                code = 0xFFFD;
            }
        }
        if (code == 0) break;
        used += code_point_encode(code, to + used);
    }
    return used;
}

void imagej_notes_read(const uint32_t *counts, size_t count_count, const unsigned char *bytes, size_t size,
                       int big_endian, imagej_notes_label *label, void *user)
{
    if (count_count < 1 || counts[0] < 12 || counts[0] > size ||
        number_at(bytes, 4, big_endian) != IMAGEJ_NOTES_WORD_IJIJ)
        return;
    /* Item after item: as many as the header says of each kind, each as long as its count says. What does not
     * fit the bytes ends the reading; `size - at` never wraps, as `at` grows only by what was checked. */
    size_t header = counts[0], at = header, item = 1;
    for (size_t kind_at = 4; kind_at + 8 <= header; kind_at += 8) {
        uint32_t kind = number_at(bytes + kind_at, 4, big_endian);
        uint32_t items = number_at(bytes + kind_at + 4, 4, big_endian);
        for (size_t i = 0; i < items; i++, item++) {
            if (item >= count_count || counts[item] > size - at) return;
            if (kind == IMAGEJ_NOTES_WORD_LABL) {
                char text[IMAGEJ_NOTES_LABEL_BYTES];
                size_t length = to_utf8(bytes + at, counts[item], big_endian, text);
                if (!label(user, i, text, length)) return;
            }
            at += counts[item];
        }
    }
}

size_t imagej_notes_encode(const char *label, unsigned char text[2 * IMAGEJ_NOTES_LABEL_BYTES])
{
    size_t length = strlen(label), used = 0;
    if (length > IMAGEJ_NOTES_LABEL_BYTES) length = IMAGEJ_NOTES_LABEL_BYTES;
    while (length) {
        uint32_t code;
        size_t taken = code_point_decode(label, length, &code);
        if (taken == 0) {
            taken = 1;
            code = 0xFFFD;
        }
        label += taken;
        length -= taken;
        uint16_t units[2] = {(uint16_t)code, 0};
        size_t bytes = 2;
        if (code >= 0x10000) {
            units[0] = (uint16_t)(0xD800 + ((code - 0x10000) >> 10));
            units[1] = (uint16_t)(0xDC00 + ((code - 0x10000) & 0x3FF));
            bytes = 4;
        }
        memcpy(text + used, units, bytes); /* at most twice the bytes that were read */
        used += bytes;
    }
    return used;
}
