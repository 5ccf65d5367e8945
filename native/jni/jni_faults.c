/* jni_faults.c - fringe.FaultModel: a forest that tells faults, and what it says of particles. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

/* The lattice's columns in the list's order: Java knows them by their place in it. */
static const char *const lattice_columns[] = {
#define LATTICE_COLUMN(field, column) column,
    FRINGE_LATTICE_LIST(LATTICE_COLUMN)
#undef LATTICE_COLUMN
};

enum {
    LATTICE_COLUMN_COUNT = sizeof lattice_columns / sizeof *lattice_columns,
    LINE_NUMBERS = 6 /* of a line, for Java */
};

static jobjectArray lattice_columns_of(JNIEnv *env, jclass class)
{
    (void)class;
    return jni_texts_give(env, lattice_columns, LATTICE_COLUMN_COUNT);
}

static jobjectArray class_names_of(JNIEnv *env, jclass class)
{
    (void)class;
    const char *names[FRINGE_FAULT_COUNT];
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) names[i] = fringe_fault_name((fringe_fault)i);
    return jni_texts_give(env, names, FRINGE_FAULT_COUNT);
}

static jboolean is_seen(JNIEnv *env, jclass class, jint fault)
{
    (void)env, (void)class;
    return fringe_fault_is_seen((fringe_fault)fault) ? JNI_TRUE : JNI_FALSE;
}

/* Both texts may be null. */
static jlong load(JNIEnv *env, jclass class, jbyteArray path, jbyteArray phases, jlong run, jobject owner)
{
    (void)class;
    fringe_fault_model *model = NULL;
    fringe_error error;
    char *path_text = path ? jni_text_take(env, path) : NULL;
    char *phases_text = phases && !(*env)->ExceptionCheck(env) ? jni_text_take(env, phases) : NULL;
    if (!(*env)->ExceptionCheck(env)) {
        struct jni_listening listening;
        jni_listening_begin(&listening, env, run, owner);
        fringe_status status = fringe_fault_model_load(path_text, phases_text, listening.run, &model, &error);
        jni_listening_end(&listening);
        if (jni_failed(env, status, &error)) {
            fringe_fault_model_free(model);
            model = NULL;
        }
    }
    free(path_text);
    free(phases_text);
    return jni_address(model);
}

static void free_model(JNIEnv *env, jclass class, jlong model)
{
    (void)env, (void)class;
    fringe_fault_model_free(jni_object(model));
}

static void describe(JNIEnv *env, jclass class, jlong model, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"name", JNI_KIND_TEXT, offsetof(fringe_fault_model_info, name)},
        {"path", JNI_KIND_TEXT, offsetof(fringe_fault_model_info, path)},
        {"sha256", JNI_KIND_TEXT, offsetof(fringe_fault_model_info, sha256)},
        {"treeCount", JNI_KIND_INT, offsetof(fringe_fault_model_info, tree_count)},
        {"phaseCount", JNI_KIND_INT, offsetof(fringe_fault_model_info, phase_count)},
    };
    fringe_fault_model_info info;
    fringe_fault_model_get_info(jni_object(model), &info);
    jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, &info);
}

static jlong find(JNIEnv *env, jclass class, jlong model, jlong image, jint slice, jint channel,
                  jlong particles, jlong run, jobject owner)
{
    (void)class;
    fringe_faults *faults = NULL;
    fringe_error error;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status = fringe_faults_find(jni_object(model), jni_object(image), slice, channel,
                                              jni_object(particles), listening.run, &faults, &error);
    jni_listening_end(&listening);
    if (!jni_failed(env, status, &error)) return jni_address(faults);
    fringe_faults_free(faults);
    return 0;
}

static void free_faults(JNIEnv *env, jclass class, jlong faults)
{
    (void)env, (void)class;
    fringe_faults_free(jni_object(faults));
}

static jdoubleArray numbers_give(JNIEnv *env, const double *numbers, jsize count)
{
    jdoubleArray made = (*env)->NewDoubleArray(env, count);
    if (made) (*env)->SetDoubleArrayRegion(env, made, 0, count, numbers);
    return made;
}

/* x0, y0, x1, y1, 1 for a twin's plane, strength of each line. */
static jdoubleArray lines_give(JNIEnv *env, const fringe_fault_rating *rating)
{
    double numbers[FRINGE_FAULT_LINES_MOST * LINE_NUMBERS];
    for (int i = 0; i < rating->line_count; i++) {
        const fringe_fault_line *line = &rating->lines[i];
        const double own[LINE_NUMBERS] = {line->x0, line->y0,      line->x1,
                                          line->y1, line->is_twin, line->strength};
        for (int k = 0; k < LINE_NUMBERS; k++) numbers[i * LINE_NUMBERS + k] = own[k];
    }
    return numbers_give(env, numbers, rating->line_count * LINE_NUMBERS);
}

jobjectArray jni_rating_give(JNIEnv *env, const fringe_fault_rating *found, jobject into)
{
    static const struct jni_field fields[] = {
        {"fault", JNI_KIND_INT, offsetof(fringe_fault_rating, fault)},
        {"faultProbability", JNI_KIND_DOUBLE, offsetof(fringe_fault_rating, fault_probability)},
        {"resolved", JNI_KIND_FLAG, offsetof(fringe_fault_rating, resolved)},
        {"spotCount", JNI_KIND_INT, offsetof(fringe_fault_rating, spot_count)},
        {"phase", JNI_KIND_TEXT, offsetof(fringe_fault_rating, phase)},
        {"zoneU", JNI_KIND_INT, offsetof(fringe_fault_rating, zone[0])},
        {"zoneV", JNI_KIND_INT, offsetof(fringe_fault_rating, zone[1])},
        {"zoneW", JNI_KIND_INT, offsetof(fringe_fault_rating, zone[2])},
        {"pixelSizeOff", JNI_KIND_FLAG, offsetof(fringe_fault_rating, pixel_size_is_off)},
    };
    const double lattice[] = {
#define LATTICE_VALUE(field, column) found->field,
        FRINGE_LATTICE_LIST(LATTICE_VALUE)
#undef LATTICE_VALUE
    };
    if (!jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, found)) return NULL;
    jclass array = (*env)->FindClass(env, "[D");
    jobjectArray parts = array ? (*env)->NewObjectArray(env, 3, array, NULL) : NULL;
    for (int i = 0; i < 3 && parts; i++) {
        jdoubleArray part = i == 0   ? numbers_give(env, found->probabilities, FRINGE_FAULT_COUNT)
                            : i == 1 ? numbers_give(env, lattice, LATTICE_COLUMN_COUNT)
                                     : lines_give(env, found);
        if (!part) return NULL;
        (*env)->SetObjectArrayElement(env, parts, i, part);
        (*env)->DeleteLocalRef(env, part);
    }
    return parts;
}

static jobjectArray rating(JNIEnv *env, jclass class, jlong faults, jint index, jobject into)
{
    (void)class;
    if (!jni_fits(env, "particle", index, 1, fringe_faults_count(jni_object(faults)))) return NULL;
    return jni_rating_give(env, fringe_faults_get(jni_object(faults), index), into);
}

static const JNINativeMethod methods[] = {
    {"latticeColumnsOf", "()[Ljava/lang/String;", (void *)lattice_columns_of},
    {"classNamesOf", "()[Ljava/lang/String;", (void *)class_names_of},
    {"isSeen", "(I)Z", (void *)is_seen},
    {"load", "([B[BJLfringe/Run;)J", (void *)load},
    {"free", "(J)V", (void *)free_model},
    {"describe", "(JLfringe/FaultModel;)V", (void *)describe},
    {"find", "(JJIIJJLfringe/Run;)J", (void *)find},
    {"freeFaults", "(J)V", (void *)free_faults},
    {"rating", "(JILfringe/FaultRating;)[[D", (void *)rating},
};

const struct jni_class jni_faults_class = {"fringe/FaultModel", methods, sizeof methods / sizeof *methods};
