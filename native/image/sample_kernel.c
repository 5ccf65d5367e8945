#include "base/kernel.h"
#include "image/sample_kernels.h"

/* One vector: the numbers that fit lie within the type and lose nothing on the way there and back. What does
 * not lie within (NaN does not) becomes 0 first, since its conversion is undefined. `lost` gathers -1 for
 * every lane that does not fit. */
static inline vec_mask pack(vec value, float least, float most, vec_mask *lost)
{
    vec within = vec_select((value >= vec_set(least)) & (value <= vec_set(most)), value, (vec){0});
    vec_mask whole = __builtin_convertvector(within, vec_mask);
    *lost |= __builtin_convertvector(whole, vec) != value;
    return whole;
}

static int any(vec_mask mask)
{
    int32_t lanes = 0;
    for (int i = 0; i < KERNEL_LANES; i++) lanes |= mask[i];
    return lanes != 0;
}

#define PACK(name, type, least, most)                                                                        \
    static int name(const float *from, size_t count, type *to)                                               \
    {                                                                                                        \
        typedef type narrow __attribute__((vector_size(sizeof(type) * KERNEL_LANES)));                       \
        vec_mask lost = {0};                                                                                 \
        size_t i = 0;                                                                                        \
        for (; i + KERNEL_LANES <= count; i += KERNEL_LANES) {                                               \
            narrow packed = __builtin_convertvector(pack(vec_load(from + i), least, most, &lost), narrow);   \
            memcpy(to + i, &packed, sizeof packed);                                                          \
        }                                                                                                    \
        vec rest = {0}; /* zeros fit */                                                                      \
        memcpy(&rest, from + i, (count - i) * sizeof *from);                                                 \
        narrow packed = __builtin_convertvector(pack(rest, least, most, &lost), narrow);                     \
        memcpy(to + i, &packed, (count - i) * sizeof *to);                                                   \
        return !any(lost);                                                                                   \
    }

PACK(pack_uint8, uint8_t, 0, 255)
PACK(pack_uint16, uint16_t, 0, 65535)
PACK(pack_int16, int16_t, -32768, 32767)

/* Compilers make vectors of these by themselves. */
#define UNPACK(name, type)                                                                                   \
    static void name(const type *from, size_t count, float *to)                                              \
    {                                                                                                        \
        for (size_t i = 0; i < count; i++) to[i] = from[i];                                                  \
    }

UNPACK(from_uint8, uint8_t)
UNPACK(from_uint16, uint16_t)
UNPACK(from_int16, int16_t)

const struct sample_kernels KERNEL_TABLE(sample) = {pack_uint8, pack_uint16, pack_int16,
                                                    from_uint8, from_uint16, from_int16};
