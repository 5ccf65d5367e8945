/* Element-wise kernels: every path against double precision, and the same bytes wherever a value lies. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "tensor/binary.h"
#include "tensor/pairs.h"
#include "tensor/softmax.h"
#include "tensor/unary.h"

enum { MOST_VALUES = 1 << 16 };

static float from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double unit_in_last_place(double value)
{
    int exponent;
    double size = fabs(value) < 0x1p-126 ? 0x1p-126 : fabs(value);
    frexp(size, &exponent);
    return ldexp(1, exponent - 24);
}

static double of_exp(double x)
{
    return exp(x);
}
static double of_log(double x)
{
    return log(x);
}
static double of_erf(double x)
{
    return erf(x);
}
static double of_elu(double x)
{
    return x < 0 ? expm1(x) : x;
}
static double of_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}
static double of_tanh(double x)
{
    return tanh(x);
}
static double of_softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}
static double of_gelu(double x)
{
    return 0.5 * x * erfc(-x / sqrt(2));
}
static double of_gelu_tanh(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
}
static double of_mish(double x)
{
    return x * tanh(of_softplus(x));
}

/* The bounds that unary.h states: units in the last place, or (0) 1e-6 of the larger of 1 and the value. */
static const struct {
    const char *name;
    enum unary_kind kind;
    double (*exact)(double);
    double units;
    double vanishing; /* below this a result may be 0 */
} functions[] = {
    {"exp", UNARY_EXP, of_exp, 2, 0},
    {"log", UNARY_LOG, of_log, 2, 0},
    {"erf", UNARY_ERF, of_erf, 2, 0},
    {"elu", UNARY_ELU, of_elu, 2, 0},
    {"sigmoid", UNARY_SIGMOID, of_sigmoid, 3, 1e-37},
    {"tanh", UNARY_TANH, of_tanh, 3, 0},
    {"softplus", UNARY_SOFTPLUS, of_softplus, 0, 0},
    {"gelu", UNARY_GELU, of_gelu, 0, 0},
    {"gelu, tanh", UNARY_GELU_TANH, of_gelu_tanh, 0, 0},
    {"mish", UNARY_MISH, of_mish, 0, 0},
};

static int is_close(float got, double exact, double units, double vanishing)
{
    if (isnan(exact) || isnan(got)) return isnan(exact) && isnan(got);
    if (got == (float)exact) return 1; /* infinities too */
    if (got == 0 && fabs(exact) < vanishing) return 1;
    double allowed = units > 0 ? units * unit_in_last_place(exact) : 1e-6 * fmax(1, fabs(exact));
    return fabs((double)got - exact) <= allowed;
}

Test(tensor_dense_elements, functions_keep_their_error_bounds_on_every_path)
{
    static float in[MOST_VALUES], out[MOST_VALUES];
    for (enum cpu_path path = CPU_PORTABLE; path <= cpu_path_best(); path++) {
        cpu_path_set(path);
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
            uint32_t bits = 0;
            for (int round = 0; round < 8; round++) { /* half a million floats from all over the range */
                for (int i = 0; i < MOST_VALUES; i++, bits += 8191) in[i] = from_bits(bits);
                unary_apply(functions[f].kind, 1, 0, MOST_VALUES, in, out);
                for (int i = 0; i < MOST_VALUES; i++)
                    cr_assert(is_close(out[i], functions[f].exact((double)in[i]), functions[f].units,
                                       functions[f].vanishing),
                              "%s on %s: f(%.9g) = %.9g, exactly %.9g", functions[f].name,
                              cpu_path_name(path), (double)in[i], (double)out[i],
                              functions[f].exact((double)in[i]));
            }
        }
    }
}

Test(tensor_dense_elements, simple_functions_are_exact)
{
    static const float in[] = {-2.5f, -0.5f, 0.0f, 0.5f, 1.5f, 7.0f};
    static const struct {
        enum unary_kind kind;
        float a, b, expected[6];
    } cases[] = {
        {UNARY_ABS, 0, 0, {2.5f, 0.5f, 0, 0.5f, 1.5f, 7}},
        {UNARY_NEG, 0, 0, {2.5f, 0.5f, 0, -0.5f, -1.5f, -7}},
        {UNARY_SIGN, 0, 0, {-1, -1, 0, 1, 1, 1}},
        {UNARY_FLOOR, 0, 0, {-3, -1, 0, 0, 1, 7}},
        {UNARY_CEIL, 0, 0, {-2, 0, 0, 1, 2, 7}},
        {UNARY_ROUND, 0, 0, {-2, 0, 0, 0, 2, 7}},
        {UNARY_RELU, 0, 0, {0, 0, 0, 0.5f, 1.5f, 7}},
        {UNARY_LEAKY_RELU, 0.5f, 0, {-1.25f, -0.25f, 0, 0.5f, 1.5f, 7}},
        {UNARY_THRESHOLDED_RELU, 1, 0, {0, 0, 0, 0, 1.5f, 7}},
        {UNARY_CLIP, -1, 1, {-1, -0.5f, 0, 0.5f, 1, 1}},
        {UNARY_CLIP, 2, 1, {1, 1, 1, 1, 1, 1}},
        {UNARY_HARD_SIGMOID, 0.25f, 0.5f, {0, 0.375f, 0.5f, 0.625f, 0.875f, 1}},
        {UNARY_SOFTSIGN, 0, 0, {-2.5f / 3.5f, -0.5f / 1.5f, 0, 0.5f / 1.5f, 1.5f / 2.5f, 7.0f / 8.0f}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        float out[6];
        unary_apply(cases[k].kind, cases[k].a, cases[k].b, 6, in, out);
        for (int i = 0; i < 6; i++)
            cr_expect_eq(out[i], cases[k].expected[i], "kind %d of %g is %.9g, not %.9g", (int)cases[k].kind,
                         (double)in[i], (double)out[i], (double)cases[k].expected[i]);
    }
}

Test(tensor_dense_elements, nan_stays_nan)
{
    const float in[3] = {NAN, 1, -1};
    for (int kind = UNARY_ABS; kind <= UNARY_ERF; kind++) {
        float out[3];
        unary_apply((enum unary_kind)kind, 1, 2, 3, in, out);
        cr_expect(isnan(out[0]), "kind %d gives %g", kind, (double)out[0]);
    }
}

Test(tensor_dense_elements, a_value_is_the_same_bytes_at_any_place_and_in_place)
{
    enum { COUNT = 67 }; /* odd for every vector */
    float in[COUNT], whole[COUNT], part[COUNT];
    for (int i = 0; i < COUNT; i++) in[i] = 0.37f * (float)(i - 33);
    for (enum cpu_path path = CPU_PORTABLE; path <= cpu_path_best(); path++) {
        cpu_path_set(path);
        for (int kind = UNARY_ABS; kind <= UNARY_ERF; kind++) {
            unary_apply((enum unary_kind)kind, 0.5f, 1.5f, COUNT, in, whole);
            for (size_t i = 0; i < COUNT; i++)
                unary_apply((enum unary_kind)kind, 0.5f, 1.5f, 1, in + i, part + i);
            cr_expect_arr_eq(whole, part, sizeof whole, "kind %d one by one on %s", kind,
                             cpu_path_name(path));
            memcpy(part, in, sizeof in);
            unary_apply((enum unary_kind)kind, 0.5f, 1.5f, COUNT, part, part);
            cr_expect_arr_eq(whole, part, sizeof whole, "kind %d in place on %s", kind, cpu_path_name(path));
        }
    }
}

Test(tensor_dense_elements, two_numbers_with_steps)
{
    const float a[5] = {-3, -1, 0, 2, 5}, b[5] = {2, -2, 4, NAN, 0.5f}, two = 2;
    float out[5];
    binary_apply(BINARY_SUB, 5, a, 1, &two, 0, out);
    const float minus[5] = {-5, -3, -2, 0, 3};
    cr_expect_arr_eq(out, minus, sizeof out);
    binary_apply(BINARY_SUB, 5, &two, 0, a, 1, out);
    const float from[5] = {5, 3, 2, 0, -3};
    cr_expect_arr_eq(out, from, sizeof out);
    binary_apply(BINARY_PRELU, 5, a, 1, b, 1, out);
    const float prelu[5] = {-6, 2, 0, 2, 5};
    cr_expect_arr_eq(out, prelu, sizeof out);
    binary_apply(BINARY_POW, 5, a, 1, &two, 0, out);
    const float squares[5] = {9, 1, 0, 4, 25};
    cr_expect_arr_eq(out, squares, sizeof out);
    binary_apply(BINARY_MAX, 5, a, 1, b, 1, out);
    cr_expect(out[0] == 2 && out[1] == -1 && out[2] == 4 && isnan(out[3]) && out[4] == 5);
    binary_apply(BINARY_MIN, 5, b, 1, a, 1, out);
    cr_expect(out[0] == -3 && out[1] == -2 && out[2] == 0 && isnan(out[3]) && out[4] == 0.5f);
    binary_apply(BINARY_FMOD, 5, a, 1, &two, 0, out);
    cr_expect(out[0] == -1 && out[1] == -1 && out[2] == 0 && out[3] == 0 && out[4] == 1);
}

Test(tensor_dense_elements, softmax_of_planes_and_of_neighbours)
{
    enum { CHANNELS = 3, PIXELS = 37 };
    float planes[CHANNELS * PIXELS], pixels[CHANNELS * PIXELS], out[CHANNELS * PIXELS],
        other[CHANNELS * PIXELS];
    for (int p = 0; p < PIXELS; p++)
        for (int c = 0; c < CHANNELS; c++)
            planes[c * PIXELS + p] = pixels[p * CHANNELS + c] = 80.0f * (float)sin(1.7 * p + 2.9 * c);
    const struct softmax_steps by_plane = {PIXELS, 1}, by_pixel = {1, CHANNELS};
    for (enum cpu_path path = CPU_PORTABLE; path <= cpu_path_best(); path++) {
        cpu_path_set(path);
        for (int logarithm = 0; logarithm < 2; logarithm++) {
            softmax_rows(CHANNELS, PIXELS, planes, by_plane, out, by_plane, logarithm);
            softmax_rows(CHANNELS, PIXELS, pixels, by_pixel, other, by_pixel, logarithm);
            for (int p = 0; p < PIXELS; p++) {
                double sum = 0, most = -INFINITY;
                for (int c = 0; c < CHANNELS; c++) most = fmax(most, (double)pixels[p * CHANNELS + c]);
                for (int c = 0; c < CHANNELS; c++) sum += exp((double)pixels[p * CHANNELS + c] - most);
                for (int c = 0; c < CHANNELS; c++) {
                    double x = (double)pixels[p * CHANNELS + c] - most,
                           exact = logarithm ? x - log(sum) : exp(x) / sum;
                    float got = out[c * PIXELS + p];
                    cr_expect(fabs((double)got - exact) <= 1e-6 * fmax(1, fabs(exact)), "%.9g, not %.9g",
                              (double)got, exact);
                    cr_expect_eq(got, other[p * CHANNELS + c], "layouts differ at pixel %d", p);
                }
            }
            /* The same bytes when the run is cut elsewhere, and in place. */
            memcpy(other, planes, sizeof other);
            softmax_rows(CHANNELS, 5, other, by_plane, other, by_plane, logarithm);
            softmax_rows(CHANNELS, PIXELS - 5, other + 5, by_plane, other + 5, by_plane, logarithm);
            cr_expect_arr_eq(out, other, sizeof out);
        }
    }
}

/* Every length, so that vectors and what is left of them take turns. */
Test(tensor_dense_elements, maximum_of_pairs_is_that_of_four_comparisons)
{
    static const float kinds[] = {NAN, 0, -0.f, 1, -1, INFINITY, -INFINITY, 3};
    enum { MOST = 70, KINDS = sizeof kinds / sizeof *kinds };
    float upper[2 * MOST], lower[2 * MOST];
    uint32_t state = 1;
    for (int i = 0; i < 2 * MOST; i++) {
        state = state * 1664525 + 1013904223;
        upper[i] = kinds[(state >> 24) % KINDS];
        lower[i] = kinds[(state >> 16) % KINDS];
    }
    for (enum cpu_path path = CPU_PORTABLE; path <= cpu_path_best(); path++) {
        cpu_path_set(path);
        for (int64_t n = 1; n < MOST; n++) {
            float out[MOST + 1];
            out[n] = 42;
            CPU_CHOOSE(pairs)->maximum(upper, lower, n, out);
            for (int64_t i = 0; i < n; i++) {
                const float *pair[2] = {upper + 2 * i, lower + 2 * i};
                float most = -INFINITY;
                for (int k = 0; k < 4; k++) {
                    float value = pair[k / 2][k % 2];
                    if (value != value || value > most) most = value;
                    if (most != most) break;
                }
                cr_expect(most != most ? out[i] != out[i] : out[i] == most, "%ld of %ld on %s: %g, not %g",
                          (long)i, (long)n, cpu_path_name(path), (double)out[i], (double)most);
            }
            cr_expect_eq(out[n], 42, "%ld on %s: written behind the end", (long)n, cpu_path_name(path));
        }
    }
}
