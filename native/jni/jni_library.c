/* jni_library.c - what happens when Java loads the library, and the natives of fringe.Library. */
#include <stdio.h>
#include <string.h>

#include "jni/jni_bridge.h"

#define TEXT_OF(number)              #number
#define VERSION(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

static jstring version(JNIEnv *env, jclass class)
{
    (void)class;
    return jni_text_give(env, fringe_version());
}

static jstring cpu_path(JNIEnv *env, jclass class)
{
    (void)class;
    return jni_text_give(env, fringe_cpu_path());
}

static jstring blas_description(JNIEnv *env, jclass class)
{
    (void)class;
    return jni_text_give(env, fringe_blas_description());
}

static const JNINativeMethod methods[] = {
    {"versionOf", "()Ljava/lang/String;", (void *)version},
    {"cpuPathOf", "()Ljava/lang/String;", (void *)cpu_path},
    {"blasOf", "()Ljava/lang/String;", (void *)blas_description},
};

static const struct jni_class library_class = {"fringe/Library", methods, sizeof methods / sizeof *methods};

static int register_natives(JNIEnv *env)
{
    const struct jni_class *const classes[] = {
        &library_class,          &jni_run_class,       &jni_micrograph_class, &jni_model_class,
        &jni_segmentation_class, &jni_particles_class, &jni_training_class,   &jni_faults_class,
        &jni_spectrum_class,     &jni_batch_class};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        jclass class = (*env)->FindClass(env, classes[i]->name);
        if (!class || (*env)->RegisterNatives(env, class, classes[i]->methods, classes[i]->method_count) != 0)
            return 0;
        (*env)->DeleteLocalRef(env, class);
    }
    return 1;
}

/* Where two plugins of different versions lie beside each other, the system hands this library the other's
 * libfringe, which goes by the same name. */
static int check_version(JNIEnv *env)
{
    const char *wanted = VERSION(FRINGE_VERSION_MAJOR, FRINGE_VERSION_MINOR, FRINGE_VERSION_PATCH);
    if (!strcmp(fringe_version(), wanted)) return 1;
    fringe_error error = {FRINGE_LIBRARY, ""};
    snprintf(error.message, sizeof error.message,
             "libfringe %s is loaded, and libfringe-jni was built for %s: is there a second Fringe?",
             fringe_version(), wanted);
    jni_failed(env, FRINGE_LIBRARY, &error);
    return 0;
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
    (void)reserved;
    JNIEnv *env;
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) != JNI_OK) return JNI_ERR;
    if (!jni_values_load(env) || !check_version(env) || !register_natives(env) || !jni_run_load(env))
        return JNI_ERR;
    return JNI_VERSION_1_8;
}
