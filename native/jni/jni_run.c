/* jni_run.c - fringe.Run: threads, cancel, and the way from C's callbacks to Java's listener. */
#include "jni/jni_bridge.h"

static jmethodID heard_progress, heard_notice;

int jni_run_load(JNIEnv *env)
{
    jclass class = (*env)->FindClass(env, jni_run_class.name);
    if (!class) return 0;
    heard_progress = (*env)->GetMethodID(env, class, "heardProgress", "(JJ)V");
    if (!heard_progress) return 0;
    heard_notice = (*env)->GetMethodID(env, class, "heardNotice", "(Ljava/lang/String;Ljava/lang/String;)V");
    return heard_notice != NULL;
}

int jni_listening_goes_on(const struct jni_listening *listening)
{
    if (!(*listening->env)->ExceptionCheck(listening->env)) return 1;
    fringe_run_cancel(listening->run);
    return 0;
}

static void pass_progress(void *user, int64_t done, int64_t total)
{
    struct jni_listening *listening = user;
    JNIEnv *env = listening->env;
    if (!jni_listening_goes_on(listening)) return;
    (*env)->CallVoidMethod(env, listening->owner, heard_progress, (jlong)done, (jlong)total);
    jni_listening_goes_on(listening);
}

static void pass_notice(void *user, fringe_notice notice, const char *text)
{
    struct jni_listening *listening = user;
    JNIEnv *env = listening->env;
    if (!jni_listening_goes_on(listening)) return;
    jstring name = jni_text_give(env, fringe_notice_name(notice));
    jstring words = name ? jni_text_give(env, text) : NULL;
    if (words) (*env)->CallVoidMethod(env, listening->owner, heard_notice, name, words);
    jni_listening_goes_on(listening);
    (*env)->DeleteLocalRef(env, name);
    (*env)->DeleteLocalRef(env, words);
}

void jni_listening_begin(struct jni_listening *listening, JNIEnv *env, jlong run, jobject owner)
{
    *listening = (struct jni_listening){env, owner, jni_object(run)};
    if (!listening->run) return;
    fringe_run_set_progress(listening->run, pass_progress, listening);
    fringe_run_set_notice(listening->run, pass_notice, listening);
}

void jni_listening_end(struct jni_listening *listening)
{
    if (!listening->run) return;
    fringe_run_set_progress(listening->run, NULL, NULL);
    fringe_run_set_notice(listening->run, NULL, NULL);
}

static jlong create(JNIEnv *env, jclass class, jint threads)
{
    (void)class;
    fringe_run *run;
    fringe_error error;
    fringe_status status = fringe_run_create(threads, &run, &error);
    return jni_failed(env, status, &error) ? 0 : jni_address(run);
}

static void free_run(JNIEnv *env, jclass class, jlong run)
{
    (void)env, (void)class;
    fringe_run_free(jni_object(run));
}

static void cancel(JNIEnv *env, jclass class, jlong run)
{
    (void)env, (void)class;
    fringe_run_cancel(jni_object(run));
}

static jboolean cancelled(JNIEnv *env, jclass class, jlong run)
{
    (void)env, (void)class;
    return fringe_run_cancelled(jni_object(run)) ? JNI_TRUE : JNI_FALSE;
}

static jint threads_of(JNIEnv *env, jclass class, jlong run)
{
    (void)env, (void)class;
    return fringe_run_threads(jni_object(run));
}

static const JNINativeMethod methods[] = {
    {"create", "(I)J", (void *)create},      {"free", "(J)V", (void *)free_run},
    {"cancel", "(J)V", (void *)cancel},      {"cancelled", "(J)Z", (void *)cancelled},
    {"threads", "(J)I", (void *)threads_of},
};

const struct jni_class jni_run_class = {"fringe/Run", methods, sizeof methods / sizeof *methods};
