package io.stele;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the native library comes from, each tried in a virtual machine of its own. */
class LoaderTest {
  @TempDir
  Path directory;

  private Path temporary;
  private Path natives;

  /** Runs in the other machine. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < 2; ++i) {
        try (Stele db = Stele.inMemory()) {
          System.out.println(db.append(NewEvent.of("A").build()).orThrow().firstPosition());
        } catch (UnsatisfiedLinkError e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @BeforeEach
  void copyNatives() throws IOException {
    temporary = Files.createDirectory(directory.resolve("temporary"));
    natives = Files.createDirectory(directory.resolve("natives"));
    for (String name : List.of("libstele.so.0", "libstele_jni.so")) {
      try (InputStream in = Stele.class.getResourceAsStream("/native/" + platform() + "/" + name)) {
        Files.copy(in, natives.resolve(name));
      }
    }
  }

  private static String platform() {
    return "linux-" + System.getProperty("os.arch").replace("amd64", "x86_64");
  }

  private String run(Path classes, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m", "-Djava.io.tmpdir=" + temporary));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classes + File.pathSeparator + testClasses(),
        Program.class.getName()));
    // Newer machines warn there of every native library.
    File errors = directory.resolve("errors").toFile();
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output + Files.readString(errors.toPath()));
    return output;
  }

  private static Path testClasses() throws Exception {
    return Path.of(LoaderTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static Path jar() throws Exception {
    return Path.of(Stele.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The classes of the jar without its native libraries. */
  private Path bareClasses() throws Exception {
    Path bare = Files.createDirectories(directory.resolve("bare/io/stele"));
    try (var files = java.nio.file.FileSystems.newFileSystem(jar());
        var classes = Files.list(files.getPath("/io/stele"))) {
      for (Path each : classes.toList()) {
        Files.copy(each, bare.resolve(each.getFileName().toString()));
      }
    }
    return directory.resolve("bare");
  }

  private void expectNothingLeft() throws IOException {
    try (var files = Files.list(temporary)) {
      assertEquals(List.of(),
          files.filter(file -> file.getFileName().toString().startsWith("stele")).toList());
    }
  }

  @Test
  void theJarBringsItsOwnAndLeavesNothingBehind() throws Exception {
    assertEquals("1\n1\n", run(jar()));
    expectNothingLeft();
  }

  @Test
  void aPropertySaysWhereTheLibrariesAre() throws Exception {
    assertEquals("1\n1\n", run(bareClasses(), "-Dstele.library.path=" + natives));
  }

  @Test
  void theLibraryPathOfJavaIsLookedAt() throws Exception {
    assertEquals("1\n1\n", run(bareClasses(), "-Djava.library.path=" + natives));
  }

  @Test
  void theDirectoryForCopiesCanBeChosen() throws Exception {
    Path chosen = Files.createDirectory(directory.resolve("chosen"));
    assertEquals("1\n1\n", run(jar(), "-Djava.io.tmpdir=/nowhere", "-Dstele.tmpdir=" + chosen));
    try (var files = Files.list(chosen)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void whatWasTriedIsSaidEachTime() throws Exception {
    String output = run(bareClasses(), "-Dstele.library.path=/nowhere");
    for (String part : List.of("/nowhere/libstele.so.0", "java.library.path", "in the jar",
        platform(), System.getProperty("os.arch"))) {
      assertTrue(output.contains(part), output);
    }
    assertEquals(2, output.lines().count(), "the second time, too: " + output);
    output = run(jar(), "-Dstele.tmpdir=/nowhere");
    assertTrue(output.contains("below /nowhere"), output);
  }
}
