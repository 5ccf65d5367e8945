/* jni_values.c - texts, fields and exceptions between C and Java. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jni/jni_bridge.h"

static jclass string_class;
static jmethodID string_from_bytes;
static jstring utf8;

int jni_values_load(JNIEnv *env)
{
    jclass found = (*env)->FindClass(env, "java/lang/String");
    if (!found) return 0;
    string_class = (*env)->NewGlobalRef(env, found);
    if (!string_class) return 0;
    string_from_bytes = (*env)->GetMethodID(env, string_class, "<init>", "([BLjava/lang/String;)V");
    jstring name = (*env)->NewStringUTF(env, "UTF-8");
    utf8 = name ? (*env)->NewGlobalRef(env, name) : NULL;
    return string_from_bytes && utf8;
}

char *jni_text_take(JNIEnv *env, jbyteArray bytes)
{
    fringe_error error = {FRINGE_ARGUMENT, "a text is null"};
    if (!bytes) {
        jni_failed(env, FRINGE_ARGUMENT, &error);
        return NULL;
    }
    jsize length = (*env)->GetArrayLength(env, bytes);
    char *text = malloc((size_t)length + 1);
    if (!text) {
        jni_out_of_memory(env, "a text");
        return NULL;
    }
    (*env)->GetByteArrayRegion(env, bytes, 0, length, (jbyte *)text);
    text[length] = '\0';
    if (strlen(text) == (size_t)length) return text;
    snprintf(error.message, sizeof error.message, "%.200s: a text holds a NUL at byte %ld of %ld", text,
             (long)strlen(text), (long)length);
    free(text);
    jni_failed(env, FRINGE_ARGUMENT, &error);
    return NULL;
}

jstring jni_text_give(JNIEnv *env, const char *text)
{
    jsize length = (jsize)strlen(text);
    jbyteArray bytes = (*env)->NewByteArray(env, length);
    if (!bytes) return NULL;
    (*env)->SetByteArrayRegion(env, bytes, 0, length, (const jbyte *)text);
    jstring made = (*env)->NewObject(env, string_class, string_from_bytes, bytes, utf8);
    (*env)->DeleteLocalRef(env, bytes);
    return made;
}

jobjectArray jni_texts_give(JNIEnv *env, const char *const *texts, jsize count)
{
    jobjectArray made = (*env)->NewObjectArray(env, count, string_class, NULL);
    for (jsize i = 0; i < count && made; i++) {
        jstring text = jni_text_give(env, texts[i]);
        if (!text) return NULL;
        (*env)->SetObjectArrayElement(env, made, i, text);
        (*env)->DeleteLocalRef(env, text);
    }
    return made;
}

static const char *signature_of(enum jni_kind kind)
{
    static const char *const signatures[] = {[JNI_KIND_TEXT] = "Ljava/lang/String;",
                                             [JNI_KIND_INT] = "I",
                                             [JNI_KIND_LONG] = "J",
                                             [JNI_KIND_DOUBLE] = "D",
                                             [JNI_KIND_FLAG] = "Z"};
    return signatures[kind];
}

static int give_field(JNIEnv *env, jobject object, jfieldID id, enum jni_kind kind, const char *at)
{
    switch (kind) {
    case JNI_KIND_TEXT: {
        jstring text = jni_text_give(env, *(const char *const *)at);
        if (!text) return 0;
        (*env)->SetObjectField(env, object, id, text);
        (*env)->DeleteLocalRef(env, text);
        break;
    }
    case JNI_KIND_INT:
        (*env)->SetIntField(env, object, id, *(const int32_t *)at);
        break;
    case JNI_KIND_LONG:
        (*env)->SetLongField(env, object, id, *(const int64_t *)at);
        break;
    case JNI_KIND_DOUBLE:
        (*env)->SetDoubleField(env, object, id, *(const double *)at);
        break;
    case JNI_KIND_FLAG:
        (*env)->SetBooleanField(env, object, id, *(const int *)at ? JNI_TRUE : JNI_FALSE);
        break;
    }
    return 1;
}

int jni_fields_give(JNIEnv *env, jobject object, const struct jni_field *fields, size_t count,
                    const void *values)
{
    jclass class = (*env)->GetObjectClass(env, object);
    for (size_t i = 0; i < count; i++) {
        jfieldID id = (*env)->GetFieldID(env, class, fields[i].name, signature_of(fields[i].kind));
        if (!id || !give_field(env, object, id, fields[i].kind, (const char *)values + fields[i].offset))
            return 0;
    }
    return 1;
}

int jni_fields_take(JNIEnv *env, jobject object, const struct jni_field *fields, size_t count, void *values)
{
    fringe_error error = {FRINGE_ARGUMENT, "the options are null"};
    if (!object) return !jni_failed(env, FRINGE_ARGUMENT, &error);
    jclass class = (*env)->GetObjectClass(env, object);
    for (size_t i = 0; i < count; i++) {
        char *at = (char *)values + fields[i].offset;
        jfieldID id = (*env)->GetFieldID(env, class, fields[i].name, signature_of(fields[i].kind));
        if (!id) return 0;
        switch (fields[i].kind) {
        case JNI_KIND_TEXT: /* options have none */
            break;
        case JNI_KIND_INT:
            *(int32_t *)at = (*env)->GetIntField(env, object, id);
            break;
        case JNI_KIND_LONG:
            *(int64_t *)at = (*env)->GetLongField(env, object, id);
            break;
        case JNI_KIND_DOUBLE:
            *(double *)at = (*env)->GetDoubleField(env, object, id);
            break;
        case JNI_KIND_FLAG:
            *(int *)at = (*env)->GetBooleanField(env, object, id) == JNI_TRUE;
            break;
        }
    }
    return 1;
}

int jni_failed(JNIEnv *env, fringe_status status, const fringe_error *error)
{
    if ((*env)->ExceptionCheck(env)) return 1;
    if (!status) return 0;
    char name[128];
    snprintf(name, sizeof name, "fringe/%s", fringe_status_exception(status));
    jclass class = (*env)->FindClass(env, name);
    jmethodID make = class ? (*env)->GetMethodID(env, class, "<init>", "(Ljava/lang/String;)V") : NULL;
    jstring message = make ? jni_text_give(env, error->message) : NULL;
    jthrowable thrown = message ? (*env)->NewObject(env, class, make, message) : NULL;
    if (thrown) (*env)->Throw(env, thrown);
    return 1; /* where one step failed, that step's exception is pending */
}

int jni_fits(JNIEnv *env, const char *name, jint offset, int64_t length, jsize size)
{
    /* size - offset, for offset + length may overflow. */
    if (offset >= 0 && length >= 0 && offset <= size && length <= size - offset) return 1;
    fringe_error error = {FRINGE_ARGUMENT, ""};
    snprintf(error.message, sizeof error.message, "%s: %lld values from index %ld on do not fit into %ld",
             name, (long long)length, (long)offset, (long)size);
    jni_failed(env, FRINGE_ARGUMENT, &error);
    return 0;
}

void jni_out_of_memory(JNIEnv *env, const char *what)
{
    fringe_error error = {FRINGE_MEMORY, ""};
    snprintf(error.message, sizeof error.message, "%s: memory could not be had", what);
    jni_failed(env, FRINGE_MEMORY, &error);
}
