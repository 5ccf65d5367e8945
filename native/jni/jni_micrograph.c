/* jni_micrograph.c - fringe.Micrograph: images from files and from Java's arrays. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

static jlong open(JNIEnv *env, jclass class, jbyteArray path, jlong run, jobject owner)
{
    (void)class;
    fringe_micrograph *micrograph = NULL;
    fringe_error error;
    char *text = jni_text_take(env, path);
    if (!text) return 0;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status = fringe_micrograph_open(text, listening.run, &micrograph, &error);
    jni_listening_end(&listening);
    free(text);
    if (!jni_failed(env, status, &error)) return jni_address(micrograph);
    fringe_micrograph_free(micrograph);
    return 0;
}

static void free_micrograph(JNIEnv *env, jclass class, jlong micrograph)
{
    (void)env, (void)class;
    fringe_micrograph_free(jni_object(micrograph));
}

/* The part of a Java array that becomes a micrograph: `channels` planes of height x width behind each other.
 */
struct region {
    jarray array;
    jint offset, channels, height, width;
};

static int64_t samples_of(const struct region *region)
{
    return (int64_t)region->height * region->width * region->channels;
}

/* 1 where the sizes are positive and the array holds as many samples; else an exception is pending. */
static int check_region(JNIEnv *env, const struct region *region)
{
    fringe_error error = {FRINGE_ARGUMENT, "pixels: the array is null or a size is below 1"};
    if (!region->array || region->channels < 1 || region->height < 1 || region->width < 1)
        return !jni_failed(env, FRINGE_ARGUMENT, &error);
    /* Each factor has 31 bits, and two of them may not exceed the array's length: no product overflows. */
    jsize size = (*env)->GetArrayLength(env, region->array);
    int64_t plane = (int64_t)region->height * region->width;
    return jni_fits(env, "pixels", region->offset, plane, size) &&
           jni_fits(env, "pixels", region->offset, plane * region->channels, size);
}

/* Makes a micrograph of a copy of the pixels, or gives an existing one these pixels. Frees the copy. */
static jlong put(JNIEnv *env, jlong address, void *pixels, fringe_pixel pixel, const struct region *region)
{
    fringe_micrograph *micrograph = jni_object(address);
    fringe_error error;
    fringe_status status;
    if (micrograph)
        status = fringe_micrograph_replace_pixels(micrograph, pixels, pixel, region->channels, region->height,
                                                  region->width, &error);
    else
        status = fringe_micrograph_from_pixels(pixels, pixel, region->channels, region->height, region->width,
                                               0, &micrograph, &error);
    free(pixels);
    return jni_failed(env, status, &error) ? 0 : jni_address(micrograph);
}

static void *take_pixels(JNIEnv *env, const struct region *region, size_t sample_bytes)
{
    if (!check_region(env, region)) return NULL;
    void *pixels = malloc((size_t)samples_of(region) * sample_bytes);
    if (!pixels) jni_out_of_memory(env, "pixels");
    return pixels;
}

static jlong put_bytes(JNIEnv *env, jclass class, jlong address, jbyteArray array, jint offset, jint channels,
                       jint height, jint width)
{
    (void)class;
    struct region region = {array, offset, channels, height, width};
    jbyte *pixels = take_pixels(env, &region, sizeof *pixels);
    if (!pixels) return 0;
    (*env)->GetByteArrayRegion(env, array, offset, (jsize)samples_of(&region), pixels);
    return put(env, address, pixels, FRINGE_PIXEL_UINT8, &region);
}

static jlong put_shorts(JNIEnv *env, jclass class, jlong address, jshortArray array, jint offset,
                        jint channels, jint height, jint width, jboolean is_signed)
{
    (void)class;
    struct region region = {array, offset, channels, height, width};
    jshort *pixels = take_pixels(env, &region, sizeof *pixels);
    if (!pixels) return 0;
    (*env)->GetShortArrayRegion(env, array, offset, (jsize)samples_of(&region), pixels);
    return put(env, address, pixels, is_signed ? FRINGE_PIXEL_INT16 : FRINGE_PIXEL_UINT16, &region);
}

static jlong put_floats(JNIEnv *env, jclass class, jlong address, jfloatArray array, jint offset,
                        jint channels, jint height, jint width)
{
    (void)class;
    struct region region = {array, offset, channels, height, width};
    jfloat *pixels = take_pixels(env, &region, sizeof *pixels);
    if (!pixels) return 0;
    (*env)->GetFloatArrayRegion(env, array, offset, (jsize)samples_of(&region), pixels);
    return put(env, address, pixels, FRINGE_PIXEL_FLOAT32, &region);
}

/* Colours as 0xRRGGBB become luminance (ITU-R BT.601), as the readers of files make it. */
static jlong put_colours(JNIEnv *env, jclass class, jlong address, jintArray array, jint offset,
                         jint channels, jint height, jint width)
{
    (void)class;
    struct region region = {array, offset, channels, height, width};
    jint *pixels = take_pixels(env, &region, sizeof *pixels);
    if (!pixels) return 0;
    int64_t count = samples_of(&region);
    float *luminance = malloc((size_t)count * sizeof *luminance);
    if (!luminance) {
        free(pixels);
        jni_out_of_memory(env, "pixels");
        return 0;
    }
    (*env)->GetIntArrayRegion(env, array, offset, (jsize)count, pixels);
    for (int64_t i = 0; i < count; i++) {
        double red = pixels[i] >> 16 & 255, green = pixels[i] >> 8 & 255, blue = pixels[i] & 255;
        luminance[i] = (float)(0.299 * red + 0.587 * green + 0.114 * blue);
    }
    free(pixels);
    return put(env, address, luminance, FRINGE_PIXEL_FLOAT32, &region);
}

static void set_pixel_size(JNIEnv *env, jclass class, jlong micrograph, jdouble x, jdouble y)
{
    (void)class;
    fringe_error error;
    jni_failed(env, fringe_micrograph_set_pixel_size_xy(jni_object(micrograph), x, y, &error), &error);
}

static void describe(JNIEnv *env, jclass class, jlong micrograph, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"reader", JNI_KIND_TEXT, offsetof(fringe_micrograph_info, reader)},
        {"width", JNI_KIND_INT, offsetof(fringe_micrograph_info, width_px)},
        {"height", JNI_KIND_INT, offsetof(fringe_micrograph_info, height_px)},
        {"sliceCount", JNI_KIND_INT, offsetof(fringe_micrograph_info, slice_count)},
        {"frameCount", JNI_KIND_INT, offsetof(fringe_micrograph_info, frame_count)},
        {"channelCount", JNI_KIND_INT, offsetof(fringe_micrograph_info, channel_count)},
        {"colour", JNI_KIND_FLAG, offsetof(fringe_micrograph_info, colour)},
        {"pixelSizeX", JNI_KIND_DOUBLE, offsetof(fringe_micrograph_info, nm_per_px_x)},
        {"pixelSizeY", JNI_KIND_DOUBLE, offsetof(fringe_micrograph_info, nm_per_px_y)},
        {"sliceDistance", JNI_KIND_DOUBLE, offsetof(fringe_micrograph_info, nm_per_slice)},
        {"frameInterval", JNI_KIND_DOUBLE, offsetof(fringe_micrograph_info, seconds_per_frame)},
        {"unit", JNI_KIND_TEXT, offsetof(fringe_micrograph_info, unit)},
        {"ownOutput", JNI_KIND_FLAG, offsetof(fringe_micrograph_info, own_output)},
    };
    static const struct jni_field type[] = {{"pixel", JNI_KIND_TEXT, 0}};
    fringe_micrograph_info info;
    fringe_micrograph_get_info(jni_object(micrograph), &info);
    const char *pixel = fringe_pixel_name(info.pixel);
    if (jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, &info))
        jni_fields_give(env, into, type, 1, &pixel);
}

static jstring slice_label(JNIEnv *env, jclass class, jlong micrograph, jint slice)
{
    (void)class;
    return jni_text_give(env, fringe_micrograph_slice_label(jni_object(micrograph), slice));
}

static void read_plane(JNIEnv *env, jclass class, jlong address, jint slice, jint channel, jfloatArray into,
                       jint offset)
{
    (void)class;
    fringe_micrograph *micrograph = jni_object(address);
    fringe_micrograph_info info;
    fringe_micrograph_get_info(micrograph, &info);
    int64_t count = (int64_t)info.width_px * info.height_px;
    if (!jni_fits(env, "pixels", offset, count, (*env)->GetArrayLength(env, into))) return;
    float *pixels = malloc((size_t)count * sizeof *pixels);
    if (!pixels) {
        jni_out_of_memory(env, "pixels");
        return;
    }
    fringe_error error;
    fringe_status status = fringe_micrograph_read(micrograph, slice, channel, pixels, &error);
    if (!jni_failed(env, status, &error))
        (*env)->SetFloatArrayRegion(env, into, offset, (jsize)count, pixels);
    free(pixels);
}

static jdouble pixel_nm(JNIEnv *env, jclass class, jdouble size, jbyteArray unit)
{
    (void)class;
    char *text = jni_text_take(env, unit);
    if (!text) return 0;
    double nm = fringe_micrograph_pixel_nm(size, text);
    free(text);
    return nm;
}

static const JNINativeMethod methods[] = {
    {"open", "([BJLfringe/Run;)J", (void *)open},
    {"free", "(J)V", (void *)free_micrograph},
    {"putBytes", "(J[BIIII)J", (void *)put_bytes},
    {"putShorts", "(J[SIIIIZ)J", (void *)put_shorts},
    {"putFloats", "(J[FIIII)J", (void *)put_floats},
    {"putColours", "(J[IIIII)J", (void *)put_colours},
    {"pixelSize", "(D[B)D", (void *)pixel_nm},
    {"setPixelSize", "(JDD)V", (void *)set_pixel_size},
    {"describe", "(JLfringe/MicrographInfo;)V", (void *)describe},
    {"sliceLabel", "(JI)Ljava/lang/String;", (void *)slice_label},
    {"read", "(JII[FI)V", (void *)read_plane},
};

const struct jni_class jni_micrograph_class = {"fringe/Micrograph", methods,
                                               sizeof methods / sizeof *methods};
