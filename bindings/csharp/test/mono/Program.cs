// Runs every test of this program, and says which failed.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Xunit;

namespace Stele.Tests
{
    internal static class Program
    {
        private static int Main()
        {
            int passed = 0;
            List<string> failed = new List<string>();
            foreach (MethodInfo method in Tests())
            {
                foreach (object[] data in Data(method))
                {
                    string name = method.DeclaringType.Name + "." + method.Name;
                    Exception fault = Run(method, data);
                    if (fault == null)
                    {
                        ++passed;
                        continue;
                    }
                    failed.Add(name);
                    Console.WriteLine("FAILED " + name + "(" + string.Join(", ", data) + ")\n" + fault);
                }
            }
            Console.WriteLine(passed + " passed, " + failed.Count + " failed");
            return passed > 0 && failed.Count == 0 ? 0 : 1;
        }

        private static IEnumerable<MethodInfo> Tests()
        {
            return typeof(Program).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods())
                .Where(method => method.GetCustomAttributes(typeof(FactAttribute), true).Length > 0)
                .OrderBy(method => method.DeclaringType.Name + "." + method.Name, StringComparer.Ordinal);
        }

        private static IEnumerable<object[]> Data(MethodInfo method)
        {
            object[] given = method.GetCustomAttributes(typeof(InlineDataAttribute), true);
            return given.Length == 0
                ? new[] { new object[0] }
                : given.Cast<InlineDataAttribute>().Select(data => data.Data);
        }

        // Null: it passed.
        private static Exception Run(MethodInfo method, object[] data)
        {
            object[] arguments = method.GetParameters()
                .Select((parameter, i) => Convert.ChangeType(data[i], parameter.ParameterType))
                .ToArray();
            try
            {
                method.Invoke(Activator.CreateInstance(method.DeclaringType), arguments);
                return null;
            }
            catch (TargetInvocationException fault)
            {
                return fault.InnerException;
            }
        }
    }
}
