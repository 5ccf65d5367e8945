/* From probabilities to labels: thresholds, ties, kinds of output. The network hands its channels through. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cpu.h"
#include "fringe/segment.h"
#include "support/built_model.h"
#include "support/nets.h"

enum { PIXELS = 6 };

static struct net *net;
static struct built_model built;
static fringe_segment_options options;
static fringe_segmentation result;
static fringe_error error;

static void start(void)
{
    fringe_segment_options_init(&options);
    options.normalize = FRINGE_NORMALIZE_NONE;
    options.exclude_bottom_px = 0;
}

static void stop(void)
{
    fringe_segmentation_free(&result);
    net_free(net);
}

TestSuite(labels, .init = start, .fini = stop);

/* Channel k of the output is channel k of the input. */
static void use_identity(int channels, enum output_kind kind)
{
    float weights[9] = {0};
    const int64_t dims[4] = {channels, channels, 1, 1};
    for (int k = 0; k < channels; k++) weights[k * channels + k] = 1;
    net = net_begin("image", channels);
    int inputs[2] = {net_input(net), net_floats(net, 4, dims, weights)};
    int y = net_node(net, "Conv", inputs, 2, "kernel_shape=1,1", channels);
    built_model_init(&built, net_end(net, y, "output"), channels, kind);
}

static void segment(const float *planes, int channels)
{
    fringe_micrograph *micrograph;
    cr_assert_eq(fringe_micrograph_from_pixels(planes, FRINGE_PIXEL_FLOAT32, channels, 2, PIXELS / 2, 0,
                                               &micrograph, &error),
                 FRINGE_OK);
    fringe_segmentation_free(&result);
    fringe_status status = fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_expect(built_model_same_labels(&built, micrograph, &options, &result));
    fringe_micrograph_free(micrograph);
    cr_expect_arr_eq(result.probability, planes, (size_t)channels * PIXELS * sizeof *planes);
}

#define EXPECT_LABELS(...)                                                                                   \
    cr_expect_arr_eq(result.labels, ((uint8_t[]){__VA_ARGS__}), result.plane_count *PIXELS)

static const float planes[2 * PIXELS] = {0.5f, 0.49999997f, 0.50000006f, 0, 1,    0.6f, /* channel 0 */
                                         0.5f, 0.50000006f, 0.4f,        1, 0.7f, 0.6f};

Test(labels, a_mask_begins_at_the_threshold)
{
    use_identity(1, OUTPUT_MASK);
    segment(planes, 1);
    cr_expect(result.kind == FRINGE_SEGMENT_MASK && result.plane_count == 1 && result.foreground == 0);
    EXPECT_LABELS(255, 0, 255, 0, 255, 255);
    options.threshold = 0.7;
    segment(planes, 1);
    EXPECT_LABELS(0, 0, 0, 0, 255, 0);
    options.threshold = 1;
    segment(planes, 1);
    EXPECT_LABELS(0, 0, 0, 0, 255, 0);
    options.threshold = 0;
    segment(planes, 1);
    EXPECT_LABELS(255, 255, 255, 255, 255, 255);
}

Test(labels, a_mask_is_cut_from_its_foreground_channel)
{
    use_identity(2, OUTPUT_MASK);
    built.model.foreground = 1;
    segment(planes, 2);
    cr_expect(result.foreground == 1 && result.channel_count == 2 && result.plane_count == 1);
    EXPECT_LABELS(255, 255, 0, 255, 255, 255);
}

Test(labels, classes_are_the_largest_and_ties_go_to_the_lower)
{
    static const float three[3 * PIXELS] = {0.2f, 0.4f, 0.3f, 0.4f, NAN,  0.1f, 0.3f, 0.4f, 0.3f,
                                            0.2f, 0.5f, 0.2f, 0.5f, 0.2f, 0.4f, 0.4f, 0.5f, 0.7f};
    use_identity(3, OUTPUT_CLASSES);
    float given[3 * PIXELS];
    memcpy(given, three, sizeof given);
    given[4] = 0;
    segment(given, 3);
    cr_expect(result.kind == FRINGE_SEGMENT_CLASSES && result.plane_count == 1 && result.channel_count == 3);
    EXPECT_LABELS(2, 0, 2, 0, 1, 2);
}

Test(labels, independent_channels_give_a_mask_each)
{
    use_identity(2, OUTPUT_MASKS);
    segment(planes, 2);
    cr_expect(result.kind == FRINGE_SEGMENT_MASKS && result.plane_count == 2);
    EXPECT_LABELS(255, 0, 255, 0, 255, 255, 255, 255, 0, 255, 255, 255);
}

Test(labels, steps_behind_the_network_come_first)
{
    static const struct step sigmoid = {.kind = STEP_SIGMOID};
    static const float logits[PIXELS] = {-2, -0.001f, 0, 0.001f, 2, 100};
    use_identity(1, OUTPUT_MASK);
    built.output.steps = &sigmoid;
    built.output.step_count = 1;
    fringe_micrograph *micrograph;
    cr_assert_eq(
        fringe_micrograph_from_pixels(logits, FRINGE_PIXEL_FLOAT32, 1, 2, PIXELS / 2, 0, &micrograph, &error),
        FRINGE_OK);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error), FRINGE_OK);
    fringe_micrograph_free(micrograph);
    EXPECT_LABELS(0, 0, 255, 255, 255, 255);
    for (int i = 0; i < PIXELS; i++)
        cr_expect_float_eq(result.probability[i], 1 / (1 + exp(-(double)logits[i])), 1e-7);
}

/* A step behind the network that refers to the input sees it on the network's grid, before its preparation.
 */
Test(labels, steps_may_refer_to_the_input)
{
    static const struct step like = {.kind = STEP_LIKE, .of_input = 1, .eps = 1e-12};
    use_identity(1, OUTPUT_VALUES);
    built.output.steps = &like;
    built.output.step_count = 1;
    options.normalize = FRINGE_NORMALIZE_ZSCORE;
    static const float image[PIXELS] = {10, 20, 30, 50, 80, 130};
    fringe_micrograph *micrograph;
    cr_assert_eq(
        fringe_micrograph_from_pixels(image, FRINGE_PIXEL_FLOAT32, 1, 2, PIXELS / 2, 0, &micrograph, &error),
        FRINGE_OK);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error), FRINGE_OK);
    fringe_micrograph_free(micrograph);
    cr_expect(result.plane_count == 0 && !result.labels);
    for (int i = 0; i < PIXELS; i++) cr_expect_float_eq(result.probability[i], image[i], 1e-4);
}

/* A network that ends in ArgMax gives whole numbers, which do not come in rows of floats. Made floats by a
 * Cast they do, though no row was computed by itself. */
static void expect_classes_as_values(int cast)
{
    static const float wanted[PIXELS] = {0, 1, 0, 1, 0, 0};
    net = net_begin("image", 2);
    int input = net_input(net);
    int y = net_node(net, "ArgMax", &input, 1, "axis=1 keepdims=1", 1);
    if (cast) y = net_node(net, "Cast", &y, 1, "to=1", 1);
    built_model_init(&built, net_end(net, y, "output"), 2, OUTPUT_VALUES);
    fringe_micrograph *micrograph;
    cr_assert_eq(
        fringe_micrograph_from_pixels(planes, FRINGE_PIXEL_FLOAT32, 2, 2, PIXELS / 2, 0, &micrograph, &error),
        FRINGE_OK);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error), FRINGE_OK,
                 "%s", error.message);
    fringe_micrograph_free(micrograph);
    cr_expect(result.channel_count == 1 && result.kind == FRINGE_SEGMENT_VALUES);
    cr_expect_arr_eq(result.probability, wanted, sizeof wanted);
}

Test(labels, whole_numbers_are_handed_out)
{
    expect_classes_as_values(0);
}

Test(labels, whole_numbers_made_floats_are_handed_out)
{
    expect_classes_as_values(1);
}

Test(labels, thresholds_can_be_set_anew)
{
    use_identity(2, OUTPUT_MASKS);
    segment(planes, 2);
    cr_assert_eq(fringe_segmentation_set_threshold(&result, 0.65, &error), FRINGE_OK);
    EXPECT_LABELS(0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0);
    cr_assert_eq(fringe_segmentation_set_threshold(&result, 0.5, &error), FRINGE_OK);
    EXPECT_LABELS(255, 0, 255, 0, 255, 255, 255, 255, 0, 255, 255, 255);
    cr_expect_eq(fringe_segmentation_set_threshold(&result, 0, &error), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_segmentation_set_threshold(&result, 1.01, &error), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_segmentation_set_threshold(&result, NAN, &error), FRINGE_ARGUMENT);
    result.kind = FRINGE_SEGMENT_CLASSES;
    cr_expect_eq(fringe_segmentation_set_threshold(&result, 0.5, &error), FRINGE_ARGUMENT);
}

/* What is no image of the input's size is refused with both shapes. */
Test(labels, without_probabilities_no_threshold_is_set_anew)
{
    fringe_micrograph *micrograph;
    use_identity(1, OUTPUT_MASK);
    options.labels_only = 1;
    cr_assert_eq(
        fringe_micrograph_from_pixels(planes, FRINGE_PIXEL_FLOAT32, 1, 2, PIXELS / 2, 0, &micrograph, &error),
        FRINGE_OK);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error), FRINGE_OK);
    EXPECT_LABELS(255, 0, 255, 0, 255, 255);
    cr_expect_null(result.probability);
    cr_expect_eq(fringe_segmentation_set_threshold(&result, 0.7, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "not kept"), "%s", error.message);
    fringe_micrograph_free(micrograph);
}

/* A network that gives NaN finds nothing there, and says so with the number of pixels; as probabilities or as
 * labels at once, in masks and classes, in the vectors and behind them, on every CPU path. */
Test(labels, nan_of_the_network_is_told)
{
    enum { WIDTH = 37, NANS = 3 };
    static const int at[NANS] = {0, 20, 36};
    static const struct {
        enum output_kind kind;
        int channels;
    } kinds[] = {{OUTPUT_MASK, 1}, {OUTPUT_CLASSES, 3}, {OUTPUT_MASKS, 2}};
    float image[3 * WIDTH];
    for (int run_index = 0; run_index < 6 * 3; run_index++) {
        int round = run_index % 6, channels = kinds[round / 2].channels;
        cpu_path_set((enum cpu_path)(run_index / 6));
        struct heard heard;
        fringe_micrograph *micrograph;
        char wanted[64];
        if (net) net_free(net);
        net = net_begin("image", channels);
        int x = net_input(net), y = net_unary(net, "Sqrt", x); /* of -1 it is NaN */
        built_model_init(&built, net_end(net, y, "output"), channels, kinds[round / 2].kind);
        for (int i = 0; i < channels * WIDTH; i++) image[i] = 0.8f + 0.01f * (float)(i / WIDTH);
        for (int i = 0; i < NANS; i++) image[(channels - 1) * WIDTH + at[i]] = -1;
        options.labels_only = round % 2;
        fringe_run *run = built_model_listen(2, &heard);
        cr_assert_eq(fringe_micrograph_from_pixels(image, FRINGE_PIXEL_FLOAT32, channels, 1, WIDTH, 0,
                                                   &micrograph, &error),
                     FRINGE_OK);
        fringe_segmentation_free(&result);
        cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, run, &result, &error), FRINGE_OK,
                     "%s", error.message);
        snprintf(wanted, sizeof wanted, "NaN for %d pixels", NANS);
        cr_expect(strstr(heard.text, wanted), "%d: %s", round, heard.text);
        const uint8_t *last = result.labels + (result.plane_count - 1) * WIDTH;
        for (int i = 0; i < WIDTH; i++) {
            int is_nan = i == at[0] || i == at[1] || i == at[2];
            uint8_t found = kinds[round / 2].kind == OUTPUT_CLASSES ? 2 : 255;
            cr_expect_eq(last[i], is_nan ? 0 : found, "%d: pixel %d is %d", round, i, last[i]);
        }
        fringe_micrograph_free(micrograph);
        fringe_run_free(run);
    }
}

Test(labels, outputs_of_another_size_are_refused)
{
    float image[64];
    net = net_begin("image", 1);
    int y = net_pool(net, net_input(net));
    built_model_init(&built, net_end(net, y, "output"), 1, OUTPUT_VALUES);
    for (int i = 0; i < 64; i++) image[i] = (float)i;
    fringe_micrograph *micrograph;
    cr_assert_eq(fringe_micrograph_from_pixels(image, FRINGE_PIXEL_FLOAT32, 1, 8, 8, 0, &micrograph, &error),
                 FRINGE_OK);
    cr_expect_eq(fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error),
                 FRINGE_UNSUPPORTED);
    fringe_micrograph_free(micrograph);
    cr_expect(strstr(error.message, "(1, 1, 4, 4)") && strstr(error.message, "8 x 8"), "%s", error.message);
}
