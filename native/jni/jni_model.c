/* jni_model.c - fringe.Model: loading, describing, testing, timing, installing. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

static jlong load(JNIEnv *env, jclass class, jbyteArray path, jlong run, jobject owner)
{
    (void)class;
    fringe_model *model = NULL;
    fringe_error error;
    char *text = jni_text_take(env, path);
    if (!text) return 0;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status = fringe_model_load(text, listening.run, &model, &error);
    jni_listening_end(&listening);
    free(text);
    if (!jni_failed(env, status, &error)) return jni_address(model);
    fringe_model_free(model);
    return 0;
}

static jboolean is_forest(JNIEnv *env, jclass class, jbyteArray path)
{
    (void)class;
    char *text = jni_text_take(env, path);
    int forest = text && fringe_model_is_forest(text);
    free(text);
    return forest ? JNI_TRUE : JNI_FALSE;
}

static void free_model(JNIEnv *env, jclass class, jlong model)
{
    (void)env, (void)class;
    fringe_model_free(jni_object(model));
}

/* Fills in the fields and gives the names of the outputs. */
static jobjectArray describe(JNIEnv *env, jclass class, jlong model, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"name", JNI_KIND_TEXT, offsetof(fringe_model_info, name)},
        {"description", JNI_KIND_TEXT, offsetof(fringe_model_info, description)},
        {"version", JNI_KIND_TEXT, offsetof(fringe_model_info, version)},
        {"license", JNI_KIND_TEXT, offsetof(fringe_model_info, license)},
        {"format", JNI_KIND_TEXT, offsetof(fringe_model_info, format)},
        {"path", JNI_KIND_TEXT, offsetof(fringe_model_info, path)},
        {"sha256", JNI_KIND_TEXT, offsetof(fringe_model_info, sha256)},
        {"preparation", JNI_KIND_TEXT, offsetof(fringe_model_info, preparation)},
        {"completion", JNI_KIND_TEXT, offsetof(fringe_model_info, completion)},
        {"outputs", JNI_KIND_TEXT, offsetof(fringe_model_info, outputs)},
        {"operators", JNI_KIND_TEXT, offsetof(fringe_model_info, operators)},
        {"opset", JNI_KIND_INT, offsetof(fringe_model_info, opset)},
        {"inputChannels", JNI_KIND_INT, offsetof(fringe_model_info, input_channels)},
        {"outputChannels", JNI_KIND_INT, offsetof(fringe_model_info, output_channels)},
        {"fixedHeight", JNI_KIND_INT, offsetof(fringe_model_info, fixed_height_px)},
        {"fixedWidth", JNI_KIND_INT, offsetof(fringe_model_info, fixed_width_px)},
        {"stride", JNI_KIND_INT, offsetof(fringe_model_info, stride_px)},
        {"receptiveField", JNI_KIND_INT, offsetof(fringe_model_info, receptive_field_px)},
        {"streams", JNI_KIND_FLAG, offsetof(fringe_model_info, streams)},
        {"parameterCount", JNI_KIND_LONG, offsetof(fringe_model_info, parameter_count)},
        {"flopPerPixel", JNI_KIND_DOUBLE, offsetof(fringe_model_info, flop_per_px)},
        {"pixelSize", JNI_KIND_DOUBLE, offsetof(fringe_model_info, pixel_size_nm)},
        {"pixelSizeMin", JNI_KIND_DOUBLE, offsetof(fringe_model_info, pixel_size_min_nm)},
        {"pixelSizeMax", JNI_KIND_DOUBLE, offsetof(fringe_model_info, pixel_size_max_nm)},
    };
    fringe_model_info info;
    fringe_model_get_info(jni_object(model), &info);
    if (!jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, &info)) return NULL;
    return jni_texts_give(env, info.output_names, info.output_channels);
}

static jlong memory(JNIEnv *env, jclass class, jlong model, jint height, jint width)
{
    (void)class;
    int64_t bytes = 0;
    fringe_error error;
    jni_failed(env, fringe_model_memory(jni_object(model), height, width, &bytes, &error), &error);
    return bytes;
}

/* Fills in the numbers also where they do not agree, which is an exception. */
static void test(JNIEnv *env, jclass class, jbyteArray path, jlong run, jobject owner, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"caseCount", JNI_KIND_LONG, offsetof(fringe_model_check, case_count)},
        {"valueCount", JNI_KIND_LONG, offsetof(fringe_model_check, value_count)},
        {"mismatchCount", JNI_KIND_LONG, offsetof(fringe_model_check, mismatch_count)},
        {"largestDifference", JNI_KIND_DOUBLE, offsetof(fringe_model_check, largest_difference)},
        {"relativeTolerance", JNI_KIND_DOUBLE, offsetof(fringe_model_check, relative_tolerance)},
        {"absoluteTolerance", JNI_KIND_DOUBLE, offsetof(fringe_model_check, absolute_tolerance)},
    };
    fringe_model_check check = {0};
    fringe_error error;
    char *text = jni_text_take(env, path);
    if (!text) return;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status = fringe_model_test(text, listening.run, &check, &error);
    jni_listening_end(&listening);
    free(text);
    if ((*env)->ExceptionCheck(env)) return; /* a listener's */
    if (jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, &check))
        jni_failed(env, status, &error);
}

static void time_network(JNIEnv *env, jclass class, jlong model, jint height, jint width, jdoubleArray times,
                         jlong run, jobject owner)
{
    (void)class;
    jsize count = (*env)->GetArrayLength(env, times);
    double *times_ms = malloc((size_t)count * sizeof *times_ms + 1);
    if (!times_ms) {
        jni_out_of_memory(env, "times");
        return;
    }
    fringe_error error;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status =
        fringe_model_time(jni_object(model), height, width, count, listening.run, times_ms, &error);
    jni_listening_end(&listening);
    if (!jni_failed(env, status, &error)) (*env)->SetDoubleArrayRegion(env, times, 0, count, times_ms);
    free(times_ms);
}

static jstring install(JNIEnv *env, jclass class, jbyteArray path, jlong run, jobject owner)
{
    (void)class;
    char installed[FRINGE_MODEL_PATH_BYTES];
    fringe_error error;
    char *text = jni_text_take(env, path);
    if (!text) return NULL;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status = fringe_model_install(text, listening.run, installed, &error);
    jni_listening_end(&listening);
    free(text);
    return jni_failed(env, status, &error) ? NULL : jni_text_give(env, installed);
}

static jstring folder(JNIEnv *env, jclass class)
{
    (void)class;
    char path[FRINGE_MODEL_PATH_BYTES];
    fringe_error error;
    return jni_failed(env, fringe_model_folder(path, &error), &error) ? NULL : jni_text_give(env, path);
}

static const JNINativeMethod methods[] = {
    {"load", "([BJLfringe/Run;)J", (void *)load},
    {"isForest", "([B)Z", (void *)is_forest},
    {"free", "(J)V", (void *)free_model},
    {"describe", "(JLfringe/ModelInfo;)[Ljava/lang/String;", (void *)describe},
    {"memory", "(JII)J", (void *)memory},
    {"test", "([BJLfringe/Run;Lfringe/ModelCheck;)V", (void *)test},
    {"time", "(JII[DJLfringe/Run;)V", (void *)time_network},
    {"install", "([BJLfringe/Run;)Ljava/lang/String;", (void *)install},
    {"folder", "()Ljava/lang/String;", (void *)folder},
};

const struct jni_class jni_model_class = {"fringe/Model", methods, sizeof methods / sizeof *methods};
