/* jni_particles.c - fringe.Particles: the particles of a slice and their measures. */
#include <stdlib.h>

#include "jni/jni_bridge.h"

/* The columns and where each comes from, in the list's order: Java knows them by their place in it. */
static const char *const column_names[] = {
#define COLUMN_NAME(field, column, source) column,
    FRINGE_MEASURE_LIST(COLUMN_NAME)
#undef COLUMN_NAME
};
static const jint column_sources[] = {
#define COLUMN_SOURCE(field, column, source) source,
    FRINGE_MEASURE_LIST(COLUMN_SOURCE)
#undef COLUMN_SOURCE
};

enum { COLUMN_COUNT = sizeof column_names / sizeof *column_names };

static jobjectArray column_names_of(JNIEnv *env, jclass class)
{
    (void)class;
    return jni_texts_give(env, column_names, COLUMN_COUNT);
}

static jintArray column_sources_of(JNIEnv *env, jclass class)
{
    (void)class;
    jintArray sources = (*env)->NewIntArray(env, COLUMN_COUNT);
    if (sources) (*env)->SetIntArrayRegion(env, sources, 0, COLUMN_COUNT, column_sources);
    return sources;
}

static const struct jni_field option_fields[] = {
    {"threshold", JNI_KIND_DOUBLE, offsetof(fringe_particles_options, threshold)},
    {"connectivity", JNI_KIND_INT, offsetof(fringe_particles_options, connectivity)},
    {"fillHoles", JNI_KIND_FLAG, offsetof(fringe_particles_options, fill_holes)},
    {"split", JNI_KIND_DOUBLE, offsetof(fringe_particles_options, split_neck)},
    {"minDiameter", JNI_KIND_DOUBLE, offsetof(fringe_particles_options, least_nm)},
    {"maxDiameter", JNI_KIND_DOUBLE, offsetof(fringe_particles_options, most_nm)},
    {"minPixels", JNI_KIND_LONG, offsetof(fringe_particles_options, least_px)},
    {"border", JNI_KIND_INT, offsetof(fringe_particles_options, border)},
    {"pixelSize", JNI_KIND_DOUBLE, offsetof(fringe_particles_options, pixel_size_nm)},
    {"channel", JNI_KIND_INT, offsetof(fringe_particles_options, channel)},
};

enum { OPTION_COUNT = sizeof option_fields / sizeof *option_fields };

int jni_particles_options_take(JNIEnv *env, jobject from, fringe_particles_options *options)
{
    fringe_particles_options_init(options);
    return jni_fields_take(env, from, option_fields, OPTION_COUNT, options);
}

/* What an analysis does unless it is told otherwise. */
static void analysis_defaults(JNIEnv *env, jclass class, jobject into)
{
    (void)class;
    fringe_analyze_options options;
    fringe_analyze_options_init(&options);
    jni_fields_give(env, into, option_fields, OPTION_COUNT, &options.particles);
}

static jlong find(JNIEnv *env, jclass class, jlong labels, jlong image, jlong probability, jint slice,
                  jobject options, jlong run, jobject owner)
{
    (void)class;
    fringe_particles_options taken;
    fringe_particles *particles = NULL;
    fringe_error error;
    if (!jni_particles_options_take(env, options, &taken)) return 0;
    struct jni_listening listening;
    jni_listening_begin(&listening, env, run, owner);
    fringe_status status =
        fringe_particles_find(jni_object(labels), jni_object(image), jni_object(probability), slice, &taken,
                              listening.run, &particles, &error);
    jni_listening_end(&listening);
    if (!jni_failed(env, status, &error)) return jni_address(particles);
    fringe_particles_free(particles);
    return 0;
}

static void free_particles(JNIEnv *env, jclass class, jlong particles)
{
    (void)env, (void)class;
    fringe_particles_free(jni_object(particles));
}

/* What Java keeps of the whole; the unit is static text. */
struct summary {
    int32_t count, width_px, height_px;
    const char *unit;
};

static void describe(JNIEnv *env, jclass class, jlong address, jobject into)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"count", JNI_KIND_INT, offsetof(struct summary, count)},
        {"width", JNI_KIND_INT, offsetof(struct summary, width_px)},
        {"height", JNI_KIND_INT, offsetof(struct summary, height_px)},
        {"unit", JNI_KIND_TEXT, offsetof(struct summary, unit)},
    };
    const fringe_particles *particles = jni_object(address);
    struct summary summary = {.count = fringe_particles_count(particles),
                              .unit = fringe_particles_unit(particles)};
    fringe_particles_labels(particles, &summary.height_px, &summary.width_px);
    jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, &summary);
}

/* Fills a fringe.Particle and the values of its columns. */
static void particle(JNIEnv *env, jclass class, jlong address, jint index, jobject into, jdoubleArray values)
{
    (void)class;
    static const struct jni_field fields[] = {
        {"number", JNI_KIND_INT, offsetof(fringe_particle, number)},
        {"inputValue", JNI_KIND_INT, offsetof(fringe_particle, input_value)},
        {"pixelCount", JNI_KIND_LONG, offsetof(fringe_particle, pixel_count)},
        {"border", JNI_KIND_FLAG, offsetof(fringe_particle, border)},
    };
    const fringe_particles *particles = jni_object(address);
    if (!jni_fits(env, "particle", index, 1, fringe_particles_count(particles)) ||
        !jni_fits(env, "values", 0, COLUMN_COUNT, (*env)->GetArrayLength(env, values)))
        return;
    const fringe_particle *found = fringe_particles_get(particles, index);
    const double measures[] = {
#define COLUMN_VALUE(field, column, source) found->field,
        FRINGE_MEASURE_LIST(COLUMN_VALUE)
#undef COLUMN_VALUE
    };
    if (jni_fields_give(env, into, fields, sizeof fields / sizeof *fields, found))
        (*env)->SetDoubleArrayRegion(env, values, 0, COLUMN_COUNT, measures);
}

static void labels(JNIEnv *env, jclass class, jlong address, jintArray into, jint offset)
{
    (void)class;
    int32_t height_px, width_px;
    const int32_t *plane = fringe_particles_labels(jni_object(address), &height_px, &width_px);
    int64_t size = (int64_t)height_px * width_px;
    if (jni_fits(env, "labels", offset, size, (*env)->GetArrayLength(env, into)))
        (*env)->SetIntArrayRegion(env, into, offset, (jsize)size, plane);
}

/* x, y, x, y ... of the corners: they lie so in memory. */
static jintArray outline(JNIEnv *env, jclass class, jlong address, jint index)
{
    (void)class;
    const fringe_particles *particles = jni_object(address);
    size_t count;
    if (!jni_fits(env, "outline", index, 1, fringe_particles_count(particles))) return NULL;
    const fringe_corner *corners = fringe_particles_outline(particles, index, &count);
    if (count > INT32_MAX / 2) {
        jni_out_of_memory(env, "an outline for Java");
        return NULL;
    }
    jintArray made = (*env)->NewIntArray(env, (jsize)(2 * count));
    if (made && count > 0) (*env)->SetIntArrayRegion(env, made, 0, (jsize)(2 * count), &corners->x);
    return made;
}

static const JNINativeMethod methods[] = {
    {"columnNames", "()[Ljava/lang/String;", (void *)column_names_of},
    {"columnSources", "()[I", (void *)column_sources_of},
    {"analysisDefaults", "(Lfringe/ParticlesOptions;)V", (void *)analysis_defaults},
    {"find", "(JJJILfringe/ParticlesOptions;JLfringe/Run;)J", (void *)find},
    {"free", "(J)V", (void *)free_particles},
    {"describe", "(JLfringe/Particles;)V", (void *)describe},
    {"particle", "(JILfringe/Particle;[D)V", (void *)particle},
    {"labels", "(J[II)V", (void *)labels},
    {"outline", "(JI)[I", (void *)outline},
};

const struct jni_class jni_particles_class = {"fringe/Particles", methods, sizeof methods / sizeof *methods};
