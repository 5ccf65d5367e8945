# Lays out what the jar carries beside its classes: natives/PLATFORM/ with libfringe, libfringe-jni and the libraries
# that they need, and models/, each with an index of "SHA256 BYTES NAME" lines.
#
#     cmake -DSTAGED=... -DPLATFORM=... -DMODELS=... -DFRINGE=... -DSONAME=... -DJNI=... -DOPENBLAS=... -DPATCHELF=... -P stage.cmake
set(natives ${STAGED}/natives/${PLATFORM})
file(REMOVE_RECURSE ${STAGED})
file(MAKE_DIRECTORY ${natives})

# The C library and its kin belong to the system; so do libstdc++ and libgcc_s, which every Java runtime needs: an
# older copy of ours would be taken by other plugins too.
file(GET_RUNTIME_DEPENDENCIES LIBRARIES ${FRINGE} ${OPENBLAS}
    RESOLVED_DEPENDENCIES_VAR needed UNRESOLVED_DEPENDENCIES_VAR missing
    PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv|util|gcc_s|stdc\\+\\+)\\.so" "^libfringe")
if(missing)
    message(FATAL_ERROR "libraries that the jar needs are not there: ${missing}")
endif()

# stage(<file> <name>): the file that a link leads to, under the name that it is loaded by
function(stage file name)
    file(REAL_PATH ${file} real)
    get_filename_component(real_name ${real} NAME)
    file(COPY ${real} DESTINATION ${natives})
    if(NOT real_name STREQUAL name)
        file(RENAME ${natives}/${real_name} ${natives}/${name})
    endif()
endfunction()

stage(${FRINGE} ${SONAME})
get_filename_component(jni_name ${JNI} NAME)
stage(${JNI} ${jni_name})
foreach(library ${OPENBLAS} ${needed})
    get_filename_component(name ${library} NAME)
    stage(${library} ${name})
    # Each finds the others beside it. The system's copies know of no such place.
    execute_process(COMMAND ${PATCHELF} --set-rpath $ORIGIN ${natives}/${name} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

file(COPY ${MODELS}/ DESTINATION ${STAGED}/models)
foreach(folder ${natives} ${STAGED}/models)
    file(GLOB_RECURSE files RELATIVE ${folder} ${folder}/*)
    set(index "")
    foreach(name ${files})
        file(SHA256 ${folder}/${name} digest)
        file(SIZE ${folder}/${name} bytes)
        string(APPEND index "${digest} ${bytes} ${name}\n")
    endforeach()
    file(WRITE ${folder}/index "${index}")
endforeach()
