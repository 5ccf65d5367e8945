/* jni_segmentation.c - fringe.Segmentation: a model applied to a slice, and what came out. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

int jni_segment_options_take(JNIEnv *env, jobject from, fringe_segment_options *options)
{
    static const struct jni_field fields[] = {
        {"threshold", JNI_KIND_DOUBLE, offsetof(fringe_segment_options, threshold)},
        {"normalize", JNI_KIND_INT, offsetof(fringe_segment_options, normalize)},
        {"pixelSize", JNI_KIND_DOUBLE, offsetof(fringe_segment_options, pixel_size_nm)},
        {"resample", JNI_KIND_FLAG, offsetof(fringe_segment_options, resample)},
        {"resampleTo", JNI_KIND_DOUBLE, offsetof(fringe_segment_options, resample_nm)},
        {"excludeBottom", JNI_KIND_INT, offsetof(fringe_segment_options, exclude_bottom_px)},
        {"bandRows", JNI_KIND_INT, offsetof(fringe_segment_options, band_rows)},
        {"tile", JNI_KIND_INT, offsetof(fringe_segment_options, tile_px)},
        {"memoryBytes", JNI_KIND_LONG, offsetof(fringe_segment_options, memory_bytes)},
        {"mirror", JNI_KIND_FLAG, offsetof(fringe_segment_options, mirror)},
        {"labelsOnly", JNI_KIND_FLAG, offsetof(fringe_segment_options, labels_only)},
    };
    fringe_segment_options_init(options);
    return jni_fields_take(env, from, fields, sizeof fields / sizeof *fields, options);
}

static jlong segment(JNIEnv *env, jclass class, jlong model, jlong micrograph, jint slice, jobject options,
                     jlong run, jobject owner)
{
    (void)class;
    fringe_segment_options taken;
    fringe_error error;
    if (!jni_segment_options_take(env, options, &taken)) return 0;
    fringe_segmentation *result = calloc(1, sizeof *result);
    if (!result) {
        jni_out_of_memory(env, "the result");
        return 0;
    }
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status = fringe_segment(jni_object(model), jni_object(micrograph), slice, &taken,
                                          listening.run, result, &error);
    jni_listening_end(&listening);
    if (!jni_failed(env, status, &error)) return jni_address(result);
    fringe_segmentation_free(result);
    free(result);
    return 0;
}

static void free_segmentation(JNIEnv *env, jclass class, jlong address)
{
    (void)env, (void)class;
    fringe_segmentation *result = jni_object(address);
    fringe_segmentation_free(result);
    free(result);
}

static void describe(JNIEnv *env, jclass class, jlong result, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"kind", JNI_KIND_INT, offsetof(fringe_segmentation, kind)},
        {"width", JNI_KIND_INT, offsetof(fringe_segmentation, width_px)},
        {"height", JNI_KIND_INT, offsetof(fringe_segmentation, height_px)},
        {"planeCount", JNI_KIND_INT, offsetof(fringe_segmentation, plane_count)},
        {"channelCount", JNI_KIND_INT, offsetof(fringe_segmentation, channel_count)},
        {"foreground", JNI_KIND_INT, offsetof(fringe_segmentation, foreground)},
        {"excludedTop", JNI_KIND_INT, offsetof(fringe_segmentation, excluded.top_px)},
        {"excludedBottom", JNI_KIND_INT, offsetof(fringe_segmentation, excluded.bottom_px)},
        {"excludedLeft", JNI_KIND_INT, offsetof(fringe_segmentation, excluded.left_px)},
        {"excludedRight", JNI_KIND_INT, offsetof(fringe_segmentation, excluded.right_px)},
        {"workedAtX", JNI_KIND_DOUBLE, offsetof(fringe_segmentation, worked_at_nm_per_px_x)},
        {"workedAtY", JNI_KIND_DOUBLE, offsetof(fringe_segmentation, worked_at_nm_per_px_y)},
        {"nonFiniteCount", JNI_KIND_LONG, offsetof(fringe_segmentation, non_finite_count)},
    };
    jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, jni_object(result));
}

/* Where plane `index` of `count` begins in the result; -1 with an exception pending where there is none, or
 * where it does not fit into Java's array. */
static int64_t find_plane(JNIEnv *env, const fringe_segmentation *result, const char *name, jint index,
                          int32_t count, jarray into, jint offset)
{
    int64_t plane = (int64_t)result->width_px * result->height_px;
    if (!jni_fits(env, name, index, 1, count) ||
        !jni_fits(env, name, offset, plane, (*env)->GetArrayLength(env, into)))
        return -1;
    return plane * index;
}

static void labels(JNIEnv *env, jclass class, jlong address, jint plane, jbyteArray into, jint offset)
{
    (void)class;
    const fringe_segmentation *result = jni_object(address);
    int64_t begin = find_plane(env, result, "labels", plane, result->plane_count, into, offset);
    if (begin < 0) return;
    (*env)->SetByteArrayRegion(env, into, offset, result->width_px * result->height_px,
                               (const jbyte *)result->labels + begin);
}

static void probability(JNIEnv *env, jclass class, jlong address, jint channel, jfloatArray into, jint offset)
{
    (void)class;
    const fringe_segmentation *result = jni_object(address);
    fringe_error error = {FRINGE_ARGUMENT, "probability: only labels were asked for"};
    if (!result->probability) {
        jni_failed(env, FRINGE_ARGUMENT, &error);
        return;
    }
    int64_t begin = find_plane(env, result, "probability", channel, result->channel_count, into, offset);
    if (begin < 0) return;
    (*env)->SetFloatArrayRegion(env, into, offset, result->width_px * result->height_px,
                                result->probability + begin);
}

static void set_threshold(JNIEnv *env, jclass class, jlong result, jdouble threshold)
{
    (void)class;
    fringe_error error;
    jni_failed(env, fringe_segmentation_set_threshold(jni_object(result), threshold, &error), &error);
}

static const JNINativeMethod methods[] = {
    {"segment", "(JJILfringe/SegmentOptions;JLfringe/Run;)J", (void *)segment},
    {"free", "(J)V", (void *)free_segmentation},
    {"describe", "(JLfringe/Segmentation;)V", (void *)describe},
    {"labels", "(JI[BI)V", (void *)labels},
    {"probability", "(JI[FI)V", (void *)probability},
    {"setThreshold", "(JD)V", (void *)set_threshold},
};

const struct jni_class jni_segmentation_class = {"fringe/Segmentation", methods,
                                                 sizeof methods / sizeof *methods};
