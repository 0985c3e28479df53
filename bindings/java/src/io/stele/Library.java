package io.stele;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds and loads the two native libraries: the core, libstele.so.0, and libstele_jni.so, which
 * needs it. The first of these that works, is it:
 *
 * <ol>
 *   <li>the directory that the system property stele.library.path names,
 *   <li>{@link System#loadLibrary}, which looks along java.library.path,
 *   <li>what is in the jar: it is written into a new directory that only this user can read, below
 *       the one that the system property stele.tmpdir names (else java.io.tmpdir), loaded, and
 *       removed at once: what is loaded needs no name any more, so nothing is left behind.
 * </ol>
 */
final class Library {
  private static final String CORE = "libstele.so.0";
  private static final String JNI = "libstele_jni.so";

  /** Null: it is loaded. */
  private static final UnsatisfiedLinkError FAILURE = load();

  private Library() {}

  /** Says why there is no library, each time it is asked; returns when there is one. */
  static void require() {
    if (FAILURE == null) return;
    UnsatisfiedLinkError again = new UnsatisfiedLinkError(FAILURE.getMessage());
    again.initCause(FAILURE);
    throw again;
  }

  private static UnsatisfiedLinkError load() {
    List<String> tried = new ArrayList<>();
    if (!fromProperty(tried) && !fromLibraryPath(tried) && !fromJar(tried)) {
      return new UnsatisfiedLinkError("Stele's native library was not found for "
          + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ". Tried: "
          + String.join("; ", tried));
    }
    long loaded = NativeCalls.version_number();
    long needed = NativeCalls.header_version();
    if (loaded < needed || loaded / 1_000_000 != needed / 1_000_000) {
      return new UnsatisfiedLinkError("Stele's native library is of version " + version(loaded)
          + ", and this binding was made for " + version(needed));
    }
    return null;
  }

  static String version(long number) {
    return number / 1_000_000 + "." + number / 1000 % 1000 + "." + number % 1000;
  }

  private static boolean fromProperty(List<String> tried) {
    String directory = System.getProperty("stele.library.path");
    if (directory == null) {
      tried.add("the system property stele.library.path (not set)");
      return false;
    }
    Path path = Path.of(directory).toAbsolutePath();
    return loadFile(path.resolve(CORE), tried) && loadFile(path.resolve(JNI), tried);
  }

  private static boolean loadFile(Path file, List<String> tried) {
    try {
      System.load(file.toString());
      return true;
    } catch (UnsatisfiedLinkError e) {
      tried.add(file + " (" + e.getMessage() + ")");
      return false;
    }
  }

  private static boolean fromLibraryPath(List<String> tried) {
    try {
      System.loadLibrary("stele_jni");
      return true;
    } catch (UnsatisfiedLinkError e) {
      tried.add("java.library.path (" + e.getMessage() + ")");
      return false;
    }
  }

  // ---- Out of the jar --------------------------------------------------------------------------

  private static boolean fromJar(List<String> tried) {
    String folder = "/native/" + platform() + "/";
    if (Library.class.getResource(folder + CORE) == null) {
      tried.add("in the jar " + folder + CORE + " (there is none)");
      return false;
    }
    String parent =
        System.getProperty("stele.tmpdir", System.getProperty("java.io.tmpdir", "/tmp"));
    Path directory = null;
    try {
      directory = Files.createTempDirectory(Path.of(parent), "stele-",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return loadCopy(folder, CORE, directory, tried) && loadCopy(folder, JNI, directory, tried);
    } catch (IOException | UnsupportedOperationException e) {
      tried.add("a copy of " + folder + CORE + " below " + parent + " (" + e + ")");
      return false;
    } finally {
      remove(directory);
    }
  }

  private static boolean loadCopy(String folder, String name, Path directory, List<String> tried)
      throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = Library.class.getResourceAsStream(folder + name)) {
      if (in == null) throw new IOException("the jar has no " + folder + name);
      Files.copy(in, file);
      return loadFile(file, tried);
    } finally {
      remove(file);
    }
  }

  private static void remove(Path file) {
    try {
      if (file != null) Files.deleteIfExists(file);
    } catch (IOException e) {
      // It lies in the directory for temporary files, and is of no use to anybody.
      return;
    }
  }

  /** The name of the folder in the jar, as linux-x86_64. */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    if (machine.equals("amd64")) machine = "x86_64";
    return system.replace(' ', '-') + "-" + machine;
  }
}
