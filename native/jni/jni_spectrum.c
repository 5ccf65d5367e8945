/* jni_spectrum.c - fringe.Spectrum: one particle's power spectrum, copied to Java. */
#include "jni/jni_bridge.h"

static jlong find(JNIEnv *env, jclass class, jlong model, jlong image, jint slice, jint channel,
                  jlong particles, jint index, jlong run, jobject owner)
{
    (void)class;
    fringe_spectrum *spectrum = NULL;
    fringe_error error;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status =
        fringe_spectrum_find(jni_object(model), jni_object(image), slice, channel, jni_object(particles),
                             index, listening.run, &spectrum, &error);
    jni_listening_end(&listening);
    if (!jni_failed(env, status, &error)) return jni_address(spectrum);
    fringe_spectrum_free(spectrum);
    return 0;
}

static void free_spectrum(JNIEnv *env, jclass class, jlong spectrum)
{
    (void)env, (void)class;
    fringe_spectrum_free(jni_object(spectrum));
}

static void describe(JNIEnv *env, jclass class, jlong spectrum, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"size", JNI_KIND_INT, offsetof(fringe_spectrum_info, size_px)},
        {"stepX", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_info, step_x)},
        {"stepY", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_info, step_y)},
        {"unit", JNI_KIND_TEXT, offsetof(fringe_spectrum_info, unit)},
        {"spotCount", JNI_KIND_INT, offsetof(fringe_spectrum_info, spot_count)},
        {"planeCount", JNI_KIND_INT, offsetof(fringe_spectrum_info, plane_count)},
    };
    fringe_spectrum_info info;
    fringe_spectrum_get_info(jni_object(spectrum), &info);
    jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, &info);
}

static void power(JNIEnv *env, jclass class, jlong spectrum, jfloatArray into)
{
    (void)class;
    fringe_spectrum_info info;
    fringe_spectrum_get_info(jni_object(spectrum), &info);
    jsize count = info.size_px * info.size_px;
    if (jni_fits(env, "power", 0, count, (*env)->GetArrayLength(env, into)))
        (*env)->SetFloatArrayRegion(env, into, 0, count, fringe_spectrum_power(jni_object(spectrum)));
}

static void spot(JNIEnv *env, jclass class, jlong spectrum, jint index, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"gX", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, g_x)},
        {"gY", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, g_y)},
        {"x", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, x_px)},
        {"y", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, y_px)},
        {"spacing", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, spacing)},
        {"spacingError", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, spacing_error)},
        {"contrast", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_spot, contrast)},
        {"indexed", JNI_KIND_FLAG, offsetof(fringe_spectrum_spot, is_indexed)},
        {"h", JNI_KIND_INT, offsetof(fringe_spectrum_spot, index[0])},
        {"k", JNI_KIND_INT, offsetof(fringe_spectrum_spot, index[1])},
        {"l", JNI_KIND_INT, offsetof(fringe_spectrum_spot, index[2])},
    };
    fringe_spectrum_info info;
    fringe_spectrum_get_info(jni_object(spectrum), &info);
    if (jni_fits(env, "spot", index, 1, info.spot_count))
        jni_fields_give(env, into, fields, sizeof fields / sizeof *fields,
                        fringe_spectrum_get_spot(jni_object(spectrum), index));
}

static void plane(JNIEnv *env, jclass class, jlong spectrum, jint index, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"direction", JNI_KIND_DOUBLE, offsetof(fringe_spectrum_plane, direction)},
        {"layers", JNI_KIND_INT, offsetof(fringe_spectrum_plane, spot)},
    };
    fringe_spectrum_info info;
    fringe_spectrum_get_info(jni_object(spectrum), &info);
    if (jni_fits(env, "plane", index, 1, info.plane_count))
        jni_fields_give(env, into, fields, sizeof fields / sizeof *fields,
                        fringe_spectrum_get_plane(jni_object(spectrum), index));
}

static jobjectArray rating(JNIEnv *env, jclass class, jlong spectrum, jobject into)
{
    (void)class;
    return jni_rating_give(env, fringe_spectrum_rating(jni_object(spectrum)), into);
}

static const JNINativeMethod methods[] = {
    {"find", "(JJIIJIJLfringe/Run;)J", (void *)find},
    {"free", "(J)V", (void *)free_spectrum},
    {"describe", "(JLfringe/Spectrum;)V", (void *)describe},
    {"power", "(J[F)V", (void *)power},
    {"spot", "(JILfringe/Spectrum$Spot;)V", (void *)spot},
    {"plane", "(JILfringe/Spectrum$Plane;)V", (void *)plane},
    {"rating", "(JLfringe/FaultRating;)[[D", (void *)rating},
};

const struct jni_class jni_spectrum_class = {"fringe/Spectrum", methods, sizeof methods / sizeof *methods};
