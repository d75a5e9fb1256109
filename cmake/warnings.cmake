# What every target of ours is compiled with.
add_library(kasauti_warnings INTERFACE)
target_compile_options(kasauti_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  # False alarms of GCC 12: on string concatenation (GCC PR 105651) and on moved std::variant members.
  -Wno-restrict -Wno-maybe-uninitialized
  $<$<BOOL:${KASAUTI_WERROR}>:-Werror>)

include(GNUInstallDirs)

# kasauti_library(NAME SOURCES… ): a static library whose includes start at the root of the tree.
function(kasauti_library name)
  add_library(kasauti_${name} STATIC ${ARGN})
  add_library(Kasauti::${name} ALIAS kasauti_${name})
  target_include_directories(kasauti_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/kasauti>)
  target_link_libraries(kasauti_${name} PRIVATE $<BUILD_INTERFACE:kasauti_warnings>)
  set_target_properties(kasauti_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS kasauti_${name} EXPORT KasautiTargets)
endfunction()
